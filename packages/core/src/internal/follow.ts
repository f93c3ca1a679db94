/** Following a source: its checks, requested on a follower's schedule and shared with all other followers. */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Pull from "effect/Pull"
import type { BulkUploadError } from "../BulkUploadError.ts"
import { type BulkUploadStatus, isSettled, type State } from "../BulkUploadStatus.ts"
import { askedWait } from "../RetryPolicy.ts"
import type { SourceId } from "../SourceId.ts"
import { type Options, schedule } from "../Watch.ts"
import type { Check, Checks } from "./checks.ts"

/** A check as a follower sees it. */
export interface Seen extends Check {
  /** Whether its status is settled, and believed to belong to the job in question. */
  readonly believed: boolean
  /** Whether it is from before the upload. */
  readonly early: boolean
}

/**
 * Returns the two steps of following a source, which the caller runs in turns. They step the schedule themselves, because a
 * repeated effect or stream needs 3 kB more for each of many followers.
 */
export const makeFollow = (checks: Checks) =>
  Effect.fnUntraced(function* (sourceId: SourceId, options: Options) {
    const { next } = yield* checks(sourceId)
    const step = yield* Schedule.toStep(options.schedule ?? schedule)
    const see = makeSee(options)
    const pause = (seen: Seen) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => step(now, seen)).pipe(
        Effect.flatMap(([, delay]) => Effect.sleep(notBeforeAsked(delay, seen))),
        Effect.as(true),
        Pull.catchDone(() => Effect.succeed(false))
      )
    return {
      /**
       * Returns the next check, without retries, so that every failure shows at once. Fails if the failure is not retryable
       * or SailPoint asks for a wait above `maxRetryAfter`.
       */
      check: Effect.flatMap(asFirstTry(next), see),
      /** Waits until the next check is due. Returns false if the schedule has ended or the check is believed. */
      pause: (seen: Seen) => (seen.believed ? Effect.succeed(false) : pause(seen))
    }
  })

/** A check is not a retry of the schedule that the caller may be in. */
const asFirstTry = Effect.provideService(Schedule.CurrentMetadata, Schedule.CurrentMetadata.defaultValue())

/** Delays a check for as long as SailPoint asked. */
const notBeforeAsked = (delay: Duration.Duration, { result }: Seen): Duration.Duration =>
  Duration.max(delay, (Result.isFailure(result) && askedWait(result.failure)) || Duration.zero)

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
  return ({ at, result }: Check): Effect.Effect<Seen, BulkUploadError> => {
    // The clocks of the uploader and of this process can differ.
    const early = DateTime.toEpochMillis(at) < sinceMillis
    if (!early && Result.isFailure(result) && !passes(result.failure)) return Effect.fail(result.failure)
    const believed = !early && Result.isSuccess(result) && isBelieved(result.success, at)
    return Effect.succeed({ at, result, believed, early })
  }
}
