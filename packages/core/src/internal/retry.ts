import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type { BulkUploadError } from "../BulkUploadError.ts"
import * as Metrics from "../Metrics.ts"

type Policy = Schedule.Schedule<unknown, BulkUploadError>

/** The policy that `RetryPolicy.withPolicy` sets. */
export const CurrentPolicy: Context.Reference<Policy | undefined> = Context.Reference<Policy | undefined>(
  "@sailpoint-bulk-upload/core/CurrentPolicy",
  { defaultValue: () => undefined }
)

/** Counts an attempt, and logs it at debug level, if it is a retry. */
export const countRetry: Effect.Effect<void> = Effect.flatMap(
  Schedule.CurrentMetadata,
  ({ attempt, duration, input }) => {
    if (attempt === 0) return Effect.void
    const error = input as BulkUploadError
    return Effect.andThen(
      Metric.update(Metric.withAttributes(Metrics.retries, { reason: error._tag }), 1),
      Effect.logDebug(`Trying again (retry ${attempt}) after ${Duration.format(duration)}: ${error.summary}`)
    )
  }
)
