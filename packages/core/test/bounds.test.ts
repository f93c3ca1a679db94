/** The limits of a request in time and size, with every HTTP client. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import { getBulkUploadStatus } from "../src/BulkUploads.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { plan, tenant, transports } from "./support/tenant.ts"

const done = Source.named("Done").sourceId
const ask = getBulkUploadStatus(done)

const ofStatus = (received: ReadonlyArray<Sandbox.Received>) =>
  received.filter(({ endpoint }) => endpoint === "status")

/** Waits until this number of status requests has arrived. */
const arrived = (count: number) =>
  Effect.flatMap(Sandbox.Sandbox, (sandbox) => sandbox.until((all) => ofStatus(all).length >= count))

/** Waits until the client has aborted this number of status requests. */
const aborted = (count: number) =>
  Effect.flatMap(Sandbox.Sandbox, (sandbox) =>
    sandbox.until((all) => ofStatus(all).filter(({ outcome }) => outcome === "aborted").length >= count)
  )

describe.each(transports)("over %s", (_, transport) => {
  const live = tenant({ retryPolicy: RetryPolicy.none }, transport)

  it.effect.each<Fault.Fault>([{ _tag: "Silent" }, { _tag: "Drip", interval: "1 hour" }])(
    "an attempt with the fault %j is a RequestTimeout after 10 s, and its socket is closed",
    (fault) =>
      Effect.gen(function* () {
        yield* plan("status", fault)
        const fiber = yield* Effect.forkChild(Effect.flip(ask))
        yield* arrived(1)
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "RequestTimeout")
        yield* aborted(1)
      }).pipe(Effect.provide(live))
  )

  it.live.each([
    [200, "UnexpectedResponse"],
    [403, "Forbidden"]
  ] as const)("a %d with an endless body is aborted, and the next call works", ([status, tag]) =>
    Effect.gen(function* () {
      yield* plan("status", { _tag: "Endless", status })
      const error = yield* Effect.flip(ask)
      assert.strictEqual(error._tag, tag)
      if (tag === "UnexpectedResponse") assert.include(error.message, "larger than 64 KiB")
      yield* aborted(1)
      assert.strictEqual((yield* ask).status, "COMPLETED")
    }).pipe(Effect.provide(live))
  )

  it.live("a body of 64 KiB is read", () =>
    Effect.gen(function* () {
      const padded = `{"status":"PENDING","x":"${"x".repeat(64 * 1024 - 27)}"}`
      assert.strictEqual(padded.length, 64 * 1024)
      yield* plan("status", { _tag: "Respond", status: 200, body: padded })
      assert.strictEqual((yield* ask).status, "PENDING")
    }).pipe(Effect.provide(live))
  )
})

describe("retrying", () => {
  it.effect("a retry waits as long as a 429 requires, and the final error has the wait and the tries", () =>
    Effect.gen(function* () {
      yield* plan("status", { _tag: "Respond", status: 429, headers: { "retry-after": "20" } }, 3)
      const fiber = yield* Effect.forkChild(Effect.flip(ask))
      for (const sent of [1, 2]) {
        const sandbox = yield* Sandbox.Sandbox
        yield* sandbox.until((all) => ofStatus(all)[sent - 1]?.outcome === 429)
        yield* TestClock.adjust("19999 millis")
        assert.strictEqual(ofStatus(yield* sandbox.received).length, sent, "nothing is sent too early")
        yield* TestClock.adjust("2 seconds")
      }
      const error = yield* Fiber.join(fiber)
      assert(error._tag === "RateLimited")
      assert.strictEqual(error.attempts, 3)
      assert.include(error.message, "20 s")
      assert.include(error.message, "3 tries")
    }).pipe(Effect.provide(tenant({ retryPolicy: RetryPolicy.make({ retries: 2 }) })))
  )

  it.live.each(["status", "token"] as const)(
    "a 429 with a long wait for a %s request fails every other call of the client at once",
    (endpoint) =>
      Effect.gen(function* () {
        yield* plan(endpoint, Fault.rateLimited("90"))
        const first = yield* Effect.flip(ask)
        const second = yield* Effect.flip(getBulkUploadStatus(Source.named("Failed").sourceId))
        assert(first._tag === "RateLimited" && second._tag === "RateLimited")
        assert.deepStrictEqual([second.operation, second.attempts], [endpoint, 0])
        assert.include(second.message, "was not sent")
        assert.match(second.message, /Wait (?:89|90) s before/u)
        assert.lengthOf(
          (yield* (yield* Sandbox.Sandbox).received).filter((request) => request.endpoint === endpoint),
          1
        )
      }).pipe(Effect.provide(tenant()))
  )

  it.effect("a call that its caller repeats counts only the tries of one call", () =>
    Effect.gen(function* () {
      yield* plan("status", { _tag: "Respond", status: 429 }, 2)
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.retry(ask, Schedule.recurs(1))))
      yield* arrived(1)
      // The back-off begins when the answer arrives.
      yield* Effect.repeat(TestClock.adjust("1 second"), { until: () => fiber.pollUnsafe() !== undefined })
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(ofStatus(yield* arrived(2)).length, 2)
      assert(error._tag === "RateLimited")
      assert.strictEqual(error.attempts, 1)
    }).pipe(Effect.provide(tenant({ retryPolicy: RetryPolicy.none })))
  )
})
