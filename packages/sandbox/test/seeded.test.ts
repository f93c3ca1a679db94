import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, authorize, isPending, open, statusPath } from "./support/tenant.ts"

const plain: ReadonlyArray<readonly [name: string, status: number, body: RegExp]> = [
  ["Contractors", 200, /^\{"status":null\}$/u],
  ["Retail", 200, /^\{"status":null\}$/u],
  ["Queued", 200, /^\{"status":"PENDING"\}$/u],
  ["Running", 200, /^\{"status":"IN_PROGRESS"\}$/u],
  ["Done", 200, /^\{"status":"COMPLETED"\}$/u],
  ["Failed", 200, /^\{"status":"ERROR"\}$/u],
  ["No status", 200, /^\{\}$/u],
  ["New status", 200, /^\{"status":"CANCELLED"\}$/u],
  ["Deprecated", 200, /^\{"status":"COMPLETED"\}$/u],
  ["Busy", 429, /^\{"message":" Rate Limit Exceeded "\}$/u],
  ["Blocked", 429, /^\{"message":" Rate Limit Exceeded "\}$/u],
  ["Unwell", 500, /^\{"detailCode":"500\.0 Internal Fault","trackingId":"[0-9a-f]{32}","messages":\[\{/u],
  [
    "Invalid",
    400,
    /^\{"detailCode":"400\.1 Bad Request Content","trackingId":"[0-9a-f]{32}","messages":\[\{/u
  ],
  ["Private", 403, /^\{"detailCode":"403 Forbidden","trackingId":"[0-9a-f]{32}","messages":\[\{/u],
  ["Gateway", 502, /^<html>/u],
  ["Login page", 200, /^<html>/u],
  ["Oversized", 200, /^\{"status":"COMPLETED","padding":"x{1000000}"\}$/u],
  ["Nothing landed", 200, /^\{"status":"ERROR"\}$/u],
  ["Half landed", 200, /^\{"status":"ERROR"\}$/u],
  ["All landed", 200, /^\{"status":"COMPLETED"\}$/u],
  ["Custom columns", 200, /^\{"status":null\}$/u],
  ["Named events", 200, /^\{"status":"ERROR"\}$/u],
  ["Tracked events", 200, /^\{"status":"ERROR"\}$/u],
  ["Unnamed events", 200, /^\{"status":"ERROR"\}$/u]
]

const misbehaving = ["Slow", "Silent", "Cut off", "Reset", "Endless"]

describe("a seeded source", () => {
  it.effect.each(plain)("%s answers %d", ([name, status, body]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const answered = yield* askStatus(sandbox, name, headers)

      assert.strictEqual(answered.status, status)
      assert.match(answered.text, body)
    })
  )

  it("of each name is tried in this file", () => {
    assert.sameMembers(
      [...plain.map(([name]) => name), ...misbehaving],
      Source.seeded.map(({ name }) => name)
    )
  })

  const headers = [
    { name: "Deprecated", header: "x-deprecated", value: "true" },
    { name: "Done", header: "x-deprecated", value: null },
    { name: "Busy", header: "retry-after", value: "1" },
    { name: "Blocked", header: "retry-after", value: "90" },
    { name: "Gateway", header: "content-type", value: "text/html" },
    { name: "Login page", header: "content-type", value: "text/html" }
  ]

  it.effect.each(headers)("$name answers with $header: $value", ({ header, name, value }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* askStatus(sandbox, name, yield* authorize(sandbox))

      assert.strictEqual(answered.headers.get(header), value)
    })
  )

  it.effect("Slow answers after two seconds", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const asking = yield* Effect.forkChild(askStatus(sandbox, "Slow", yield* authorize(sandbox)))
      yield* sandbox.until((received) => received.some(({ endpoint }) => endpoint === "status"))

      yield* TestClock.adjust("1999 millis")
      const waiting = yield* isPending(sandbox, asking)
      yield* TestClock.adjust("1 millis")
      const answered = yield* Fiber.join(asking)

      assert.isTrue(waiting)
      assert.deepStrictEqual(answered.json(), { status: "COMPLETED" })
    })
  )

  it.effect("Silent does not answer within a day", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const asking = yield* Effect.forkChild(askStatus(sandbox, "Silent", yield* authorize(sandbox)))
      yield* sandbox.until((received) => received.some(({ endpoint }) => endpoint === "status"))

      yield* TestClock.adjust("1 day")

      assert.isTrue(yield* isPending(sandbox, asking))
    })
  )

  const broken = [
    { name: "Cut off", message: /terminated/u },
    { name: "Reset", message: /fetch failed/u }
  ]

  it.effect.each(broken)("$name breaks the connection", ({ message, name }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const failed = yield* Effect.flip(askStatus(sandbox, name, yield* authorize(sandbox)))

      assert.match(String(failed.cause), message)
    })
  )

  it.effect("Endless goes on past any cap of a client", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      const { sourceId } = Source.named("Endless")
      const { reader } = yield* open(`${sandbox.url}${statusPath(sourceId)}`, { headers })

      const bytes = yield* Effect.promise(async () => {
        let read = 0
        while (read < 2_000_000) read += (await reader.read()).value?.byteLength ?? Number.NaN
        return read
      })

      assert.isAtLeast(bytes, 2_000_000)
    })
  )
})
