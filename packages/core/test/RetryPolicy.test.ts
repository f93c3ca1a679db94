import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/testing/TestClock"
import * as BulkUploadError from "../src/BulkUploadError.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"

const limited = (retryAfter?: Duration.Input) =>
  new BulkUploadError.RateLimited(
    retryAfter === undefined ? {} : { retryAfter: Duration.fromInputUnsafe(retryAfter) }
  )
const broken = new BulkUploadError.ServerError({ httpStatus: 500 })

/** Runs a request that always fails so, lets time pass, and tells when (in milliseconds) it was sent. */
const sentAt = (error: BulkUploadError.BulkUploadError, policy: RetryPolicy.Policy, within: Duration.Input) =>
  Effect.gen(function* () {
    const times = yield* Ref.make<ReadonlyArray<number>>([])
    const request = Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) => Ref.update(times, (before) => [...before, now])),
      Effect.andThen(Effect.fail(error))
    )
    const fiber = yield* Effect.forkChild(Effect.flip(Effect.retry(request, policy)))
    yield* TestClock.adjust(within)
    assert.strictEqual(yield* Fiber.join(fiber), error, "it fails with the last error")
    return yield* Ref.get(times)
  })

const gaps = (times: ReadonlyArray<number>) => times.slice(1).map((time, i) => time - (times[i] ?? 0))

describe("RetryPolicy", () => {
  const asked: ReadonlyArray<Duration.Input> = ["1 second", "5 seconds", "20 seconds"]

  it.effect.each(asked)(
    "a 429 that asks for %s is sent again after that, never earlier and hardly later",
    (wait) =>
      Effect.gen(function* () {
        const times = yield* sentAt(limited(wait), RetryPolicy.make({ retries: 3 }), "5 minutes")
        assert.strictEqual(times.length, 4)
        const millis = Duration.toMillis(Duration.fromInputUnsafe(wait))
        for (const gap of gaps(times)) {
          assert.isAtLeast(gap, millis)
          assert.isAtMost(gap, millis * 1.05 + 100)
        }
      })
  )

  it.effect("a 429 that asks for more than the cap is given up at once", () =>
    Effect.map(sentAt(limited("61 seconds"), RetryPolicy.make(), 0), (times) =>
      assert.strictEqual(times.length, 1)
    )
  )

  it.effect("a 429 that asks for exactly the cap is waited out", () =>
    Effect.map(sentAt(limited("1 minute"), RetryPolicy.make({ retries: 1 }), "2 minutes"), (times) =>
      assert.strictEqual(times.length, 2)
    )
  )

  it.effect("the cap can be set", () =>
    Effect.map(sentAt(limited("3 seconds"), RetryPolicy.make({ maxRetryAfter: "2 seconds" }), 0), (times) =>
      assert.strictEqual(times.length, 1)
    )
  )

  const backsOff: ReadonlyArray<readonly [string, BulkUploadError.BulkUploadError]> = [
    ["a 429 without a readable Retry-After", limited()],
    ["a 429 that asks for no wait at all", limited(0)],
    ["a 500", broken],
    ["a timeout", new BulkUploadError.RequestTimeout({ after: Duration.seconds(10) })],
    ["a broken connection", new BulkUploadError.ConnectionFailed({ host: "acme.example" })]
  ]

  it.effect.each(backsOff)("%s is sent again with a wait that doubles up to the cap", ([, error]) =>
    Effect.gen(function* () {
      const policy = RetryPolicy.make({ retries: 6, backoff: "1 second", maxBackoff: "4 seconds" })
      const waits = gaps(yield* sentAt(error, policy, "1 minute"))
      assert.strictEqual(waits.length, 6)
      const expected = [1000, 2000, 4000, 4000, 4000, 4000]
      waits.forEach((wait, i) => {
        assert.isAtLeast(wait, (expected[i] ?? 0) * 0.8)
        assert.isAtMost(wait, (expected[i] ?? 0) * 1.2)
      })
    })
  )

  it.effect("a 503 that says when to come back is waited out like a 429", () =>
    Effect.gen(function* () {
      const error = new BulkUploadError.ServerError({ httpStatus: 503, retryAfter: Duration.seconds(7) })
      const [wait] = gaps(yield* sentAt(error, RetryPolicy.make({ retries: 1 }), "1 minute"))
      assert.isAtLeast(wait ?? 0, 7000)
    })
  )

  it.effect("the total time is bounded: what would be sent after it is not waited for", () =>
    Effect.gen(function* () {
      const policy = RetryPolicy.make({ retries: 100, maxElapsed: "30 seconds" })
      const times = yield* sentAt(limited("9 seconds"), policy, "5 minutes")
      assert.strictEqual(times.length, 4)
      assert.isAtMost(times.at(-1) ?? 0, 30_000)
    })
  )

  const final: ReadonlyArray<BulkUploadError.BulkUploadError> = [
    new BulkUploadError.InvalidSourceId({ sourceId: "x" }),
    new BulkUploadError.BadRequest({}),
    new BulkUploadError.Unauthorized({}),
    new BulkUploadError.Forbidden({}),
    new BulkUploadError.NotFound({}),
    new BulkUploadError.UnexpectedResponse({ httpStatus: 200, reason: "odd." }),
    new BulkUploadError.ConnectionFailed({ host: "acme.example", code: "CERT_HAS_EXPIRED" }),
    new BulkUploadError.AuthenticationFailed({ httpStatus: 401 })
  ]

  it.effect.each(final.map((error) => [error._tag, error] as const))("%s is not sent again", ([, error]) =>
    Effect.map(sentAt(error, RetryPolicy.make(), 0), (times) => assert.strictEqual(times.length, 1))
  )

  it.effect("none sends nothing again", () =>
    Effect.map(sentAt(broken, RetryPolicy.none, 0), (times) => assert.strictEqual(times.length, 1))
  )
})
