/**
 * Following a source: its checks, asked for on a follower's schedule and shared with all other followers.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { BulkUploadError } from "../BulkUploadError.ts"
import { type BulkUploadStatus, isSettled, type State } from "../BulkUploadStatus.ts"
import { askedWait } from "../RetryPolicy.ts"
import type { SourceId } from "../SourceId.ts"
import { type Options, schedule } from "../Watch.ts"
import type { Check, Checks } from "./checks.ts"

/** A check as a follower sees it: whether its status is settled, and believed to belong to the job in question. */
export interface Seen extends Check {
  readonly believed: boolean
}

/**
 * Emits every check, also when it shows the same as the one before, until a settled status is believed or the schedule
 * ends. A failure that does not pass by itself ends the stream. A check is one try: the schedule is what tries again,
 * so that every failure shows as soon as it happens.
 */
export const makeFollow =
  (checks: Checks) =>
  (sourceId: SourceId, options: Options): Stream.Stream<Seen, BulkUploadError> =>
    Stream.unwrap(
      Effect.map(checks(sourceId), ({ next }) =>
        Stream.fromEffectSchedule(asFirstTry(next), notBeforeAsked(options.schedule ?? schedule)).pipe(
          Stream.mapEffect(makeSee(options)),
          Stream.filter((seen) => seen !== undefined),
          Stream.takeUntil(({ believed }) => believed)
        )
      )
    )

/** The follower's schedule repeats checks, which are no retries. */
const asFirstTry = Effect.provideService(Schedule.CurrentMetadata, Schedule.CurrentMetadata.defaultValue())

/** A schedule never asks again earlier than SailPoint said. */
const notBeforeAsked = (schedule: Schedule.Schedule<unknown>) =>
  schedule.pipe(
    Schedule.setInputType<Check>(),
    Schedule.modifyDelay(({ duration, input: { result } }) =>
      Effect.succeed(
        Duration.max(duration, (Result.isFailure(result) && askedWait(result.failure)) || Duration.zero)
      )
    )
  )

/**
 * Takes one check after the other as a follower does: nothing when the check is from before the upload, and a failure
 * when the check failed with what does not pass.
 */
const makeSee = ({ grace = "1 minute", maxRetryAfter = "1 minute", since }: Options) => {
  const sinceMillis = since === undefined ? -Infinity : DateTime.toEpochMillis(since)
  const graceEnds = sinceMillis + Duration.toMillis(Duration.fromInputUnsafe(grace))
  const longest = Duration.fromInputUnsafe(maxRetryAfter)
  const passes = (failure: BulkUploadError) =>
    failure.retryable && Duration.isLessThanOrEqualTo(askedWait(failure) ?? Duration.zero, longest)
  let first: { readonly status: State } | undefined
  let changed = false
  const isBelieved = ({ status }: BulkUploadStatus, at: DateTime.Utc): boolean => {
    first ??= { status }
    changed ||= first.status !== status
    return isSettled(status) && (changed || DateTime.toEpochMillis(at) >= graceEnds)
  }
  return ({ at, result }: Check): Effect.Effect<Seen | undefined, BulkUploadError> => {
    // The clocks of the uploader and of this process can differ.
    if (DateTime.toEpochMillis(at) < sinceMillis) return Effect.undefined
    if (Result.isSuccess(result)) {
      return Effect.succeed({ at, result, believed: isBelieved(result.success, at) })
    }
    return passes(result.failure)
      ? Effect.succeed({ at, result, believed: false })
      : Effect.fail(result.failure)
  }
}
