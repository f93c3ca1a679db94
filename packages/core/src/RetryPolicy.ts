/**
 * Decides when a failed request is sent again, as a Schedule.
 *
 * After a 429 or 5xx with `Retry-After`, the built-in policy waits for that time, plus a little jitter. Without that
 * header, and after timeouts and broken connections, the wait grows exponentially. Tries and total time are bounded. If
 * SailPoint asks for a wait above `maxRetryAfter`, the policy gives up at once, so that the caller learns the wait. Only
 * errors that are `retryable` are retried.
 *
 * @example
 * ```ts
 * import { BulkUploads, getBulkUploadStatus, RetryPolicy } from "@sailpoint-bulk-upload/core"
 *
 * const Live = BulkUploads.layerConfig({
 *   retryPolicy: RetryPolicy.make({ retries: 2, maxRetryAfter: "5 seconds" })
 * })
 *
 * const probe = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d").pipe(
 *   RetryPolicy.withPolicy(RetryPolicy.none)
 * )
 * ```
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { BulkUploadError } from "./BulkUploadError.ts"
import { CurrentPolicy } from "./internal/retry.ts"

/** A retry policy: any Schedule over the error. Its output is not used. */
export type Policy = Schedule.Schedule<unknown, BulkUploadError>

/** The numbers of the built-in policy. */
export interface Options {
  /** The number of retries. Default: 5. */
  readonly retries?: number | undefined
  /** The longest time from the first failure to the last retry. Default: 2 minutes. */
  readonly maxElapsed?: Duration.Input | undefined
  /** The longest wait that SailPoint may ask for. For a longer one, the policy gives up at once. Default: 1 minute. */
  readonly maxRetryAfter?: Duration.Input | undefined
  /** The first wait if SailPoint asks for none, doubled each time. Default: 500 milliseconds. */
  readonly backoff?: Duration.Input | undefined
  /** The longest wait if SailPoint asks for none. Default: 10 seconds. */
  readonly maxBackoff?: Duration.Input | undefined
}

/**
 * Returns the wait of the answer's `Retry-After`, for custom policies. A wait of 0 or a past date counts as none, so
 * that the next request does not follow at once.
 */
export const askedWait = (error: BulkUploadError): Duration.Duration | undefined => {
  const asked = error._tag === "RateLimited" || error._tag === "ServerError" ? error.retryAfter : undefined
  return asked === undefined || Duration.isZero(asked) ? undefined : asked
}

/** Prevents callers with the same wait from sending in the same instant. */
const jitter = (asked: Duration.Duration): Effect.Effect<Duration.Duration> =>
  Effect.map(Random.next, (fraction) =>
    Duration.sum(asked, Duration.millis(fraction * (100 + Duration.toMillis(asked) * 0.05)))
  )

/** Makes the built-in policy. */
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

/** Never retries: the first failure is the result. */
export const none: Policy = Schedule.recurs(0)

/**
 * Applies a policy to all calls in an effect, in place of their client's. The innermost policy applies.
 *
 * **Gotchas**
 *
 * `changes` and `awaitSettled` retry on their own schedule, whatever the policy.
 */
export const withPolicy: {
  (policy: Policy): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, policy: Policy): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, policy: Policy) =>
  Effect.provideService(self, CurrentPolicy, policy)
)
