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

/** Runs it again as long as the policy says; every retry is counted, and a debug line. */
export const retryAs =
  (policy: Policy) =>
  <A, R>(self: Effect.Effect<A, BulkUploadError, R>): Effect.Effect<A, BulkUploadError, R> =>
    Effect.flatMap(Schedule.CurrentMetadata, (meta) =>
      meta.attempt === 0 ? self : Effect.andThen(tellRetry(meta), self)
    ).pipe(Effect.retry(policy))

const tellRetry = ({ attempt, duration, input }: Schedule.Metadata): Effect.Effect<void> => {
  const error = input as BulkUploadError
  return Metric.update(Metric.withAttributes(Metrics.retries, { reason: error._tag }), 1).pipe(
    Effect.andThen(
      Effect.logDebug(`Trying again (retry ${attempt}) after ${Duration.format(duration)}: ${error.summary}`)
    )
  )
}
