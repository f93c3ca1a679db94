/**
 * When a failed request is sent again, and when not: the Schedules.
 *
 * 429 waits for what SailPoint's `Retry-After` says, plus a little jitter, never less. Without a readable
 * header, and for 5xx, timeouts and broken connections, the wait grows exponentially. Tries and total time
 * are bounded. Asked to wait longer than the cap, it gives up at once, so that the caller learns the wait
 * instead of sitting it out. Everything else is not retried: see `retryable` of each error.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { BulkUploadError } from "./BulkUploadError.ts"
import { CurrentPolicy } from "./internal/retry.ts"

/**
 * A retry policy: any Schedule that looks at the error. Its output is not used.
 *
 * @category models
 * @since 0.1.0
 */
export type Policy = Schedule.Schedule<unknown, BulkUploadError>

/**
 * The numbers of the built-in policy.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * How many times a request is sent again.
   *
   * @default 5
   */
  readonly retries?: number | undefined
  /**
   * How long after the first failure the last retry may be sent.
   *
   * @default "2 minutes"
   */
  readonly maxElapsed?: Duration.Input | undefined
  /**
   * The longest wait that SailPoint may ask for; asked for more, the policy gives up at once.
   *
   * @default "1 minute"
   */
  readonly maxRetryAfter?: Duration.Input | undefined
  /**
   * The first wait of the backoff, doubled each time.
   *
   * @default "500 millis"
   */
  readonly backoff?: Duration.Input | undefined
  /**
   * The longest wait of the backoff.
   *
   * @default "10 seconds"
   */
  readonly maxBackoff?: Duration.Input | undefined
}

/**
 * How long the answer itself asked to wait. "Not at all" (0, or a date gone by) counts as saying nothing, so
 * that the backoff keeps the next request from following at once.
 *
 * @example
 * ```ts
 * import * as Duration from "effect/Duration"
 * import * as Effect from "effect/Effect"
 * import { getBulkUploadStatus, RetryPolicy } from "@sailpoint-bulk-upload/core"
 *
 * const asked = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d").pipe(
 *   Effect.tapError((error) => {
 *     const wait = RetryPolicy.askedWait(error)
 *     return wait === undefined ? Effect.void : Effect.log(`Again in ${Duration.format(wait)}`)
 *   })
 * )
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const askedWait = (error: BulkUploadError): Duration.Duration | undefined => {
  const asked = error._tag === "RateLimited" || error._tag === "ServerError" ? error.retryAfter : undefined
  return asked === undefined || Duration.isZero(asked) ? undefined : asked
}

/** So that callers who were told the same wait do not all come back in the same instant. */
const jitter = (asked: Duration.Duration): Effect.Effect<Duration.Duration> =>
  Effect.map(Random.next, (fraction) =>
    Duration.sum(asked, Duration.millis(fraction * (100 + Duration.toMillis(asked) * 0.05)))
  )

/**
 * The built-in policy, with other numbers.
 *
 * @example
 * ```ts
 * import * as RetryPolicy from "@sailpoint-bulk-upload/core/RetryPolicy"
 *
 * const impatient = RetryPolicy.make({ retries: 2, maxRetryAfter: "5 seconds" })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Policy => {
  const maxRetryAfter = Duration.fromInputUnsafe(options.maxRetryAfter ?? "1 minute")
  const maxElapsed = Duration.toMillis(Duration.fromInputUnsafe(options.maxElapsed ?? "2 minutes"))
  return Schedule.min([
    Schedule.exponential(options.backoff ?? "500 millis"),
    Schedule.spaced(options.maxBackoff ?? "10 seconds")
  ]).pipe(
    Schedule.jittered,
    Schedule.setInputType<BulkUploadError>(),
    Schedule.while(({ input }) => {
      const asked = askedWait(input)
      return input.retryable && (asked === undefined || Duration.isLessThanOrEqualTo(asked, maxRetryAfter))
    }),
    Schedule.modifyDelay(({ duration, input }) => {
      const asked = askedWait(input)
      return asked === undefined ? Effect.succeed(duration) : jitter(asked)
    }),
    Schedule.while(
      ({ attempt, elapsed, duration }) =>
        attempt <= (options.retries ?? 5) && elapsed + Duration.toMillis(duration) <= maxElapsed
    )
  )
}

/**
 * No retries: the first failure is the result.
 *
 * @example
 * ```ts
 * import { BulkUploads, RetryPolicy } from "@sailpoint-bulk-upload/core"
 *
 * const Live = BulkUploads.layerConfig({ retryPolicy: RetryPolicy.none })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const none: Policy = Schedule.recurs(0)

/**
 * Makes all calls in an effect follow a policy, in place of their client's. The innermost one counts.
 *
 * **Gotchas**
 *
 * `changes` and `awaitSettled` retry on their own schedule, whatever the policy.
 *
 * @example
 * ```ts
 * import { getBulkUploadStatus, RetryPolicy } from "@sailpoint-bulk-upload/core"
 *
 * const atOnceOrNever = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d").pipe(
 *   RetryPolicy.withPolicy(RetryPolicy.none)
 * )
 * ```
 *
 * @category combinators
 * @since 0.1.0
 */
export const withPolicy: {
  (policy: Policy): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, policy: Policy): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, policy: Policy) =>
  Effect.provideService(self, CurrentPolicy, policy)
)
