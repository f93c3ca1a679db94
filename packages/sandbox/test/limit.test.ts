import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { authorize, send, statusPath } from "./support/tenant.ts"

const done = Source.named("Done")

const ask = (sandbox: Sandbox.Service, headers: Record<string, string>, version = "v2024") =>
  send(`${sandbox.url}${statusPath(done.sourceId, version)}`, { headers })

const statuses = (sandbox: Sandbox.Service, headers: Record<string, string>, times: number) =>
  Effect.all(
    Array.from({ length: times }, () => Effect.map(ask(sandbox, headers), ({ status }) => status)),
    { concurrency: 10 }
  )

describe("the limit", () => {
  it.effect("is 100 requests per 10 s, and is told as SailPoint tells it", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const admitted = yield* statuses(sandbox, headers, 100)
      const refused = yield* ask(sandbox, headers)

      assert.deepStrictEqual(new Set(admitted), new Set([200]))
      assert.strictEqual(refused.status, 429)
      assert.deepStrictEqual(refused.json(), { message: " Rate Limit Exceeded " })
      assert.strictEqual(refused.headers.get("retry-after"), "10")
    })
  )

  it.effect("admits again when the window has passed, not a millisecond earlier", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* statuses(sandbox, headers, 100)

      yield* TestClock.adjust(9_999)
      const early = yield* ask(sandbox, headers)
      yield* TestClock.adjust(1)
      const admitted = yield* statuses(sandbox, headers, 100)
      const beyond = yield* ask(sandbox, headers)

      assert.strictEqual(early.status, 429)
      assert.strictEqual(early.headers.get("retry-after"), "1")
      assert.deepStrictEqual(new Set(admitted), new Set([200]))
      assert.strictEqual(beyond.status, 429)
    })
  )

  it.effect("looks back over any 10 s: each request frees its own place", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ limit: { requests: 2, per: "10 seconds" } })
      const headers = yield* authorize(sandbox)
      const steps = [
        { wait: 0, status: 200, retryAfter: null },
        { wait: 6_000, status: 200, retryAfter: null },
        { wait: 3_500, status: 429, retryAfter: "1" },
        { wait: 500, status: 200, retryAfter: null },
        { wait: 0, status: 429, retryAfter: "6" },
        { wait: 500, status: 429, retryAfter: "6" },
        { wait: 5_500, status: 200, retryAfter: null },
        { wait: 0, status: 429, retryAfter: "4" }
      ]

      const seen = yield* Effect.forEach(steps, ({ wait }) =>
        TestClock.adjust(wait).pipe(
          Effect.andThen(ask(sandbox, headers)),
          Effect.map((answered) => ({
            wait,
            status: answered.status,
            retryAfter: answered.headers.get("retry-after")
          }))
        )
      )

      assert.deepStrictEqual(seen, steps)
    })
  )

  it.effect("does not count the requests that it refused", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ limit: { requests: 1, per: "10 seconds" } })
      const headers = yield* authorize(sandbox)
      yield* ask(sandbox, headers)
      yield* TestClock.adjust("9 seconds")
      const refused = yield* ask(sandbox, headers)

      yield* TestClock.adjust("1 second")
      const admitted = yield* ask(sandbox, headers)

      assert.strictEqual(refused.status, 429)
      assert.strictEqual(admitted.status, 200)
    })
  )

  const others = [
    { who: "a second token of the same client", clientId: "sandbox", version: "v2024", status: 429 },
    { who: "another client", clientId: "sandbox-reader", version: "v2024", status: 200 },
    { who: "the same client on v2025", clientId: "sandbox", version: "v2025", status: 200 },
    { who: "the same client on beta", clientId: "sandbox", version: "beta", status: 200 }
  ]

  it.effect.each(others)("that one client used up on v2024 means $status for $who", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ limit: { requests: 1, per: "10 seconds" } })
      yield* ask(sandbox, yield* authorize(sandbox))

      const answered = yield* ask(sandbox, yield* authorize(sandbox, row.clientId), row.version)

      assert.strictEqual(answered.status, row.status)
    })
  )

  it.effect("is shared by the endpoints of one API version", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ limit: { requests: 1, per: "10 seconds" } })
      const headers = yield* authorize(sandbox)
      yield* ask(sandbox, headers)

      const list = yield* send(`${sandbox.url}/v2024/non-employee-sources`, { headers })

      assert.strictEqual(list.status, 429)
    })
  )

  it.effect("is not spent by a request without a good token", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ limit: { requests: 1, per: "10 seconds" } })
      const headers = yield* authorize(sandbox)
      yield* ask(sandbox, { authorization: "Bearer never.issued" })

      const answered = yield* ask(sandbox, headers)

      assert.strictEqual(answered.status, 200)
    })
  )
})
