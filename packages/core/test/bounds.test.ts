/** One request and its limits: time, size, sharing, interruption. With every HTTP client. */
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
import { tenant, transports } from "./support/tenant.ts"

const done = Source.named("Done").sourceId
const ask = getBulkUploadStatus(done)

const ofStatus = (received: ReadonlyArray<Sandbox.Received>) =>
  received.filter(({ endpoint }) => endpoint === "status")

/** Waits until so many status requests have come. */
const arrived = (count: number) =>
  Effect.flatMap(Sandbox.Sandbox, (sandbox) => sandbox.until((all) => ofStatus(all).length >= count))

/** Waits until the client has closed so many status requests. */
const aborted = (count: number) =>
  Effect.flatMap(Sandbox.Sandbox, (sandbox) =>
    sandbox.until((all) => ofStatus(all).filter(({ outcome }) => outcome === "aborted").length >= count)
  )

const plan = (fault: Fault.Fault, times = 1) =>
  Effect.flatMap(Sandbox.Sandbox, (sandbox) => sandbox.fail({ endpoint: "status", fault, times }))

/** A call that is given up after 10 s, and its socket closed. */
const timesOut = Effect.gen(function* () {
  const fiber = yield* Effect.forkChild(Effect.flip(ask))
  yield* arrived(1)
  yield* TestClock.adjust("10 seconds")
  assert.strictEqual((yield* Fiber.join(fiber))._tag, "RequestTimeout")
  yield* aborted(1)
})

describe.each(transports)("over %s", (_, transport) => {
  const live = tenant({ retryPolicy: RetryPolicy.none }, transport)

  it.effect("an attempt that is not answered within 10 s is a RequestTimeout, and its socket is closed", () =>
    Effect.gen(function* () {
      yield* plan({ _tag: "Silent" })
      yield* timesOut
    }).pipe(Effect.provide(live))
  )

  it.effect("a body that comes a byte at a time is under the same deadline", () =>
    Effect.gen(function* () {
      yield* plan({ _tag: "Drip", interval: "1 second" })
      yield* timesOut
    }).pipe(Effect.provide(live))
  )

  const tooMuch: ReadonlyArray<readonly [string, Fault.Fault, tag: string]> = [
    ["a body that never ends", { _tag: "Endless" }, "UnexpectedResponse"],
    [
      "a body of 10 MB",
      { _tag: "Respond", status: 200, body: `"${"x".repeat(10_000_000)}"` },
      "UnexpectedResponse"
    ],
    ["a 403 whose body never ends", { _tag: "Endless", status: 403 }, "Forbidden"],
    ["a 503 whose body never ends", { _tag: "Endless", status: 503 }, "ServerError"]
  ]

  it.live.each(tooMuch)("%s is not read to its end", ([, fault, tag]) =>
    Effect.gen(function* () {
      yield* plan(fault)
      const error = yield* Effect.flip(ask)
      assert.strictEqual(error._tag, tag)
      if (tag === "UnexpectedResponse") assert.include(error.message, "larger than 64 KiB")
      yield* aborted(1)
      assert.strictEqual((yield* ask).status, "COMPLETED", "the next call works")
    }).pipe(Effect.provide(live))
  )

  it.live("a body of just under 64 KiB is read", () =>
    Effect.gen(function* () {
      const padded = `{"status":"PENDING","x":"${"x".repeat(64 * 1024 - 27)}"}`
      assert.strictEqual(padded.length, 64 * 1024)
      yield* plan({ _tag: "Respond", status: 200, body: padded })
      assert.strictEqual((yield* ask).status, "PENDING")
    }).pipe(Effect.provide(live))
  )

  it.live("a byte-order mark and invalid UTF-8 do no harm", () =>
    Effect.gen(function* () {
      yield* plan({ _tag: "Respond", status: 200, body: '\uFEFF{"status":"ERROR"}' })
      assert.strictEqual((yield* ask).status, "ERROR")
    }).pipe(Effect.provide(live))
  )

  it.live(
    "calls for one source that come before its request is sent share it, and the next call sends another one",
    () =>
      Effect.gen(function* () {
        yield* plan({ _tag: "Delay", duration: "50 millis" })
        const statuses = yield* Effect.all(
          Array.from({ length: 50 }, () => ask),
          { concurrency: "unbounded" }
        )
        for (const { status } of statuses) assert.strictEqual(status, "COMPLETED")
        assert.strictEqual(ofStatus(yield* arrived(1)).length, 1)
        yield* ask
        assert.strictEqual(ofStatus(yield* arrived(2)).length, 2)
      }).pipe(Effect.provide(live))
  )

  it.live("calls for different sources do not share", () =>
    Effect.gen(function* () {
      yield* Effect.all([ask, getBulkUploadStatus(Source.named("Failed").sourceId)], { concurrency: 2 })
      assert.strictEqual(ofStatus(yield* arrived(2)).length, 2)
    }).pipe(Effect.provide(live))
  )

  it.live("a request that is shared goes on until the last caller leaves, and is then aborted", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* plan({ _tag: "Silent" })
      const fibers = yield* Effect.all(Array.from({ length: 3 }, () => Effect.forkChild(ask)))
      yield* arrived(1)
      // The one who started it is the first to leave.
      const [first, ...others] = fibers.toReversed()
      yield* Effect.forEach(others.toReversed(), Fiber.interrupt)
      assert.deepStrictEqual(
        ofStatus(yield* sandbox.received).map(({ outcome }) => outcome),
        [undefined]
      )
      if (first !== undefined) yield* Fiber.interrupt(first)
      yield* aborted(1)
    }).pipe(Effect.provide(live))
  )

  it.live("a failure is shared, and not kept", () =>
    Effect.gen(function* () {
      yield* plan({ _tag: "Respond", status: 403 })
      const [a, b] = yield* Effect.all([Effect.flip(ask), Effect.flip(ask)], { concurrency: 2 })
      assert.strictEqual(a, b)
      assert.strictEqual((yield* ask).status, "COMPLETED")
    }).pipe(Effect.provide(live))
  )
})

describe("retrying", () => {
  it.effect(
    "a 429 is waited out for as long as it says, and RateLimited tells the wait and the tries when it stays",
    () =>
      Effect.gen(function* () {
        yield* plan({ _tag: "Respond", status: 429, headers: { "retry-after": "20" } }, 3)
        const fiber = yield* Effect.forkChild(Effect.flip(ask))
        for (const sent of [1, 2]) {
          const sandbox = yield* Sandbox.Sandbox
          yield* sandbox.until((all) => ofStatus(all)[sent - 1]?.outcome === 429)
          yield* TestClock.adjust("19999 millis")
          assert.strictEqual(ofStatus(yield* sandbox.received).length, sent, "nothing is sent too early")
          yield* TestClock.adjust("2 seconds")
        }
        const error = yield* Fiber.join(fiber)
        assert.strictEqual(error._tag, "RateLimited")
        assert.strictEqual(Reflect.get(error, "attempts"), 3)
        assert.include(error.message, "20 s")
        assert.include(error.message, "3 tries")
      }).pipe(Effect.provide(tenant({ retryPolicy: RetryPolicy.make({ retries: 2 }) })))
  )

  it.live(
    "a 429 holds every other call of the client too, and who is held for too long is told at once",
    () =>
      Effect.gen(function* () {
        yield* plan(Fault.rateLimited("90"))
        const first = yield* Effect.flip(ask)
        const second = yield* Effect.flip(getBulkUploadStatus(Source.named("Failed").sourceId))
        assert.deepStrictEqual([first._tag, second._tag], ["RateLimited", "RateLimited"])
        assert.strictEqual(Reflect.get(second, "attempts"), 0)
        assert.include(second.message, "was not sent")
        assert.match(second.message, /asks to wait (?:89|90) s/u)
        assert.strictEqual(ofStatus(yield* arrived(1)).length, 1)
      }).pipe(Effect.provide(tenant()))
  )

  it.effect("a call that its caller repeats counts its own tries only", () =>
    Effect.gen(function* () {
      yield* plan({ _tag: "Respond", status: 429 }, 2)
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.retry(ask, Schedule.recurs(1))))
      yield* arrived(1)
      // The answer arrives in its own time, and only then the back-off begins.
      yield* Effect.repeat(TestClock.adjust("1 second"), { until: () => fiber.pollUnsafe() !== undefined })
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(ofStatus(yield* arrived(2)).length, 2)
      assert.strictEqual(Reflect.get(error, "attempts"), 1)
    }).pipe(Effect.provide(tenant({ retryPolicy: RetryPolicy.none })))
  )

  const dates = [
    ["a date to come", "Thu, 01 Jan 1970 00:00:30 GMT", 30],
    ["a date gone by", "Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["whole seconds", "30", 30],
    ["more than anybody waits", "99999999999", 99_999_999_999]
  ] as const

  it.effect.each(dates)("Retry-After with %s is read", ([, header, seconds]) =>
    Effect.gen(function* () {
      yield* plan({ _tag: "Respond", status: 429, headers: { "retry-after": header } })
      const error = yield* Effect.flip(ask)
      assert.strictEqual(error._tag, "RateLimited")
      assert.include(error.message, `asks to wait ${seconds} s`)
    }).pipe(Effect.provide(tenant({ retryPolicy: RetryPolicy.none })))
  )

  it.effect.each(["soon", "-5", "", "1e20"])("Retry-After %j counts as absent", (header) =>
    Effect.gen(function* () {
      yield* plan({ _tag: "Respond", status: 429, headers: { "retry-after": header } })
      const error = yield* Effect.flip(ask)
      assert.strictEqual(error._tag, "RateLimited")
      assert.isUndefined(Reflect.get(error, "retryAfter"))
    }).pipe(Effect.provide(tenant({ retryPolicy: RetryPolicy.none })))
  )
})
