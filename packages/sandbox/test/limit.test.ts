import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { authorize, send, start, statusPath } from "./support/tenant.ts"

const path = (version: string) => statusPath(Source.named("Done").sourceId, version)

const ask = (sandbox: Sandbox.Service, headers: Record<string, string>, of = path("v2024")) =>
  send(`${sandbox.url}${of}`, { headers })

const limit = (requests: number) => ({ limit: { requests, per: "10 seconds" } }) as const

describe("the limit", () => {
  it.effect("the limit is 100 requests per 10 s, and a refusal is as SailPoint documents", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const hundred = Effect.all(
        Array.from({ length: 100 }, () => ask(sandbox, headers)),
        { concurrency: 10 }
      )

      const admitted = yield* hundred
      const refused = yield* ask(sandbox, headers)
      yield* TestClock.adjust("10 seconds")
      const later = yield* hundred

      assert.deepStrictEqual(new Set([...admitted, ...later].map(({ status }) => status)), new Set([200]))
      assert.strictEqual(refused.status, 429)
      assert.deepStrictEqual(refused.json(), { message: " Rate Limit Exceeded " })
      assert.strictEqual(refused.headers.get("retry-after"), "10")
    })
  )

  it.effect("the limit applies to any 10 s, and does not count refused requests", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start(limit(2))
      const steps: ReadonlyArray<readonly [wait: number, status: number, retryAfter: string | null]> = [
        [0, 200, null],
        [6_000, 200, null],
        [3_999, 429, "1"],
        [1, 200, null],
        [0, 429, "6"],
        [6_000, 200, null],
        [0, 429, "4"]
      ]

      for (const [wait, ...expected] of steps) {
        yield* TestClock.adjust(wait)
        const { headers: answered, status } = yield* ask(sandbox, headers)
        assert.deepStrictEqual([status, answered.get("retry-after")], expected)
      }
    })
  )

  const others = [
    { next: "a second token of the same client", clientId: "sandbox", path: path("v2024"), status: 429 },
    { next: "another endpoint", clientId: "sandbox", path: "/v2024/non-employee-sources", status: 429 },
    { next: "another client", clientId: "sandbox-reader", path: path("v2024"), status: 200 },
    { next: "the same client on beta", clientId: "sandbox", path: path("beta"), status: 200 }
  ]

  it.effect.each(others)("$next gets $status after a client has reached the limit on v2024", (row) =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start(limit(1))
      yield* ask(sandbox, { authorization: "Bearer never.issued" })
      const first = yield* ask(sandbox, headers)

      const answered = yield* ask(sandbox, yield* authorize(sandbox, row.clientId), row.path)

      assert.deepStrictEqual([first.status, answered.status], [200, row.status])
    })
  )
})
