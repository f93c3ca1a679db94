import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import * as BulkUploadError from "../src/BulkUploadError.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"

const limited = (retryAfter?: Duration.Input) =>
  new BulkUploadError.RateLimited(
    retryAfter === undefined ? {} : { retryAfter: Duration.fromInputUnsafe(retryAfter) }
  )
const broken = new BulkUploadError.ServerError({ httpStatus: 500 })

/** The waits are between requests, in milliseconds, if each random number is 0.2. */
type Case = readonly [
  name: string,
  error: BulkUploadError.BulkUploadError,
  policy: RetryPolicy.Policy,
  waits: ReadonlyArray<number>
]

const backsOff: ReadonlyArray<readonly [string, BulkUploadError.BulkUploadError]> = [
  ["a 429 without a readable Retry-After", limited()],
  ["a 429 with a wait of 0", limited(0)],
  ["a 500", broken],
  ["a timeout", new BulkUploadError.RequestTimeout({ after: Duration.seconds(10) })],
  ["a broken connection", new BulkUploadError.ConnectionFailed({ host: "acme.example" })]
]

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

const cases: ReadonlyArray<Case> = [
  ["a 429 with a wait above the cap is not retried", limited("61 seconds"), RetryPolicy.make(), []],
  [
    "a 429 with exactly the longest wait is retried",
    limited("1 minute"),
    RetryPolicy.make({ retries: 1 }),
    [60_620]
  ],
  [
    "a 429 with a wait above a lower cap is not retried",
    limited("3 seconds"),
    RetryPolicy.make({ maxRetryAfter: "2 seconds" }),
    []
  ],
  ...backsOff.map(([name, error]): Case => [
    `${name} is retried after a wait that doubles up to the cap`,
    error,
    RetryPolicy.make({ retries: 6, backoff: "1 second", maxBackoff: "4 seconds" }),
    [880, 1760, 3520, 3520, 3520, 3520]
  ]),
  [
    "a 503 with Retry-After is retried after that wait",
    new BulkUploadError.ServerError({ httpStatus: 503, retryAfter: Duration.seconds(7) }),
    RetryPolicy.make({ retries: 1 }),
    [7090]
  ],
  [
    "a 429 is retried after its wait and a small jitter, but not after the total time",
    limited("9 seconds"),
    RetryPolicy.make({ retries: 100, maxElapsed: "30 seconds" }),
    [9110, 9110, 9110]
  ],
  ...final.map((error): Case => [`${error._tag} is not retried`, error, RetryPolicy.make(), []]),
  ["the policy none never retries", broken, RetryPolicy.none, []]
]

describe("RetryPolicy", () => {
  it.effect.each(cases)("%s", ([, error, policy, expected]) =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const request = Effect.andThen(
        Effect.map(Clock.currentTimeMillis, (now) => sent.push(now)),
        Effect.fail(error)
      )
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.retry(request, policy))).pipe(
        Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0.2, nextIntUnsafe: () => 0 })
      )
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(yield* Fiber.join(fiber), error, "it fails with the last error")
      assert.deepStrictEqual(
        sent.slice(1).map((time, i) => Math.round(time - (sent[i] ?? 0))),
        expected
      )
    })
  )
})
