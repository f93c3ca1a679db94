/**
 * Retrying as a policy says, told as it happens.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type { BulkUploadError } from "../BulkUploadError.ts"
import * as Metrics from "../Metrics.ts"
import type { Policy } from "../RetryPolicy.ts"

/**
 * Runs it again as long as the policy says; every retry is counted, and a debug line. A schedule is set going by
 * the first failure, since most requests never need one.
 */
export const retryAs =
  (policy: Policy) =>
  <A, R>(self: Effect.Effect<A, BulkUploadError, R>): Effect.Effect<A, BulkUploadError, R> =>
    asFirstTry(self).pipe(
      Effect.catch((first) => {
        let replayed = false
        const again = Effect.andThen(tellRetry, self)
        return Effect.retry(
          Effect.suspend(() => {
            if (replayed) return again
            replayed = true
            return Effect.fail(first)
          }),
          policy
        )
      })
    )

const firstTry = Schedule.CurrentMetadata.defaultValue()

/** Whatever schedule the caller is in, here it is the first try. */
const asFirstTry = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) =>
    fiber.getRef(Schedule.CurrentMetadata) === firstTry
      ? self
      : Effect.provideService(self, Schedule.CurrentMetadata, firstTry)
  )

const tellRetry: Effect.Effect<void> = Effect.flatMap(
  Schedule.CurrentMetadata,
  ({ attempt, duration, input }) => {
    const error = input as BulkUploadError
    return Metric.update(Metric.withAttributes(Metrics.retries, { reason: error._tag }), 1).pipe(
      Effect.andThen(
        Effect.logDebug(
          `Trying again (retry ${attempt}) after ${Duration.format(duration)}: ${error.summary}`
        )
      )
    )
  }
)
