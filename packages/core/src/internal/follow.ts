/**
 * Following sources: one poll for all who follow the same one on the same schedule.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Hash from "effect/Hash"
import * as PubSub from "effect/PubSub"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Take from "effect/Take"
import type { BulkUploadError } from "../BulkUploadError.ts"
import { type BulkUploadStatus, isSettled, type State } from "../BulkUploadStatus.ts"
import { askedWait } from "../RetryPolicy.ts"
import type { SourceId } from "../SourceId.ts"
import { type Options, schedule } from "../Watch.ts"

/** One check: when SailPoint was asked, and its status or what failed. */
export interface Check {
  readonly at: DateTime.Utc
  readonly result: Result.Result<BulkUploadStatus, BulkUploadError>
}

/** A check as one who follows takes it: whether its status is settled, and believed to be of the job in question. */
export interface Seen extends Check {
  readonly believed: boolean
}

/** Follows sources; all who follow one source on one schedule share its poll, whoever comes or goes. */
export type Follow = (sourceId: SourceId, options: Options) => Stream.Stream<Seen, BulkUploadError>

/** One poll: a source, and the very schedule that it is asked on. */
class Poll implements Equal.Equal {
  readonly sourceId: SourceId
  readonly schedule: Schedule.Schedule<unknown>

  constructor(sourceId: SourceId, schedule: Schedule.Schedule<unknown>) {
    this.sourceId = sourceId
    this.schedule = schedule
  }
  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Poll && that.sourceId === this.sourceId && that.schedule === this.schedule
  }
  [Hash.symbol](): number {
    return Hash.string(this.sourceId)
  }
}

/**
 * Every check, also when it shows the same as the one before, until a settled status is believed or the
 * schedule ends. A failure that cannot pass by itself ends the stream. `ask` makes one try: the schedule is
 * what tries again, so that every failure shows as soon as it happens.
 */
export const makeFollow = (
  ask: (sourceId: SourceId) => Effect.Effect<BulkUploadStatus, BulkUploadError>
): Effect.Effect<Follow, never, Scope.Scope> =>
  Effect.gen(function* () {
    const polls: RcMap.RcMap<Poll, PubSub.PubSub<Take.Take<Check>>> = yield* RcMap.make({
      lookup: (poll: Poll) =>
        // Who comes when a poll has ended begins a new one, also while others still read of the old one's end.
        publish(ask(poll.sourceId), poll.schedule, () => RcMap.invalidate(polls, poll))
    })
    return (sourceId, options) =>
      RcMap.get(polls, new Poll(sourceId, options.schedule ?? schedule)).pipe(
        Effect.map(Stream.fromPubSubTake),
        Stream.unwrap,
        untilBelieved(options)
      )
  })

/** Asks until nobody listens. Who comes later is given the newest check at once. */
const publish = (
  ask: Effect.Effect<BulkUploadStatus, BulkUploadError>,
  schedule: Schedule.Schedule<unknown>,
  ended: () => Effect.Effect<void>
): Effect.Effect<PubSub.PubSub<Take.Take<Check>>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const checks = yield* PubSub.unbounded<Take.Take<Check>>({ replay: 1 })
    const check = Effect.gen(function* () {
      const at = yield* DateTime.now
      const result = yield* Effect.result(ask)
      yield* PubSub.publish(checks, [{ at, result }])
      return result
    })
    yield* check.pipe(
      Effect.repeat(notBeforeAsked(schedule)),
      // What ends the poll, be it the schedule or a mistake of this program, ends all who follow it.
      Effect.onExit((exit) =>
        Effect.andThen(PubSub.publish(checks, Exit.asVoid(exit)), Effect.suspend(ended))
      ),
      Effect.forkScoped
    )
    return checks
  })

/** A schedule never asks again earlier than SailPoint said. */
const notBeforeAsked = (schedule: Schedule.Schedule<unknown>) =>
  schedule.pipe(
    Schedule.setInputType<Check["result"]>(),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.succeed(
        Duration.max(duration, (Result.isFailure(input) && askedWait(input.failure)) || Duration.zero)
      )
    )
  )

const untilBelieved =
  ({ grace = "1 minute", maxRetryAfter = "1 minute", since }: Options) =>
  (checks: Stream.Stream<Check>): Stream.Stream<Seen, BulkUploadError> =>
    Stream.suspend(() => {
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
      return checks.pipe(
        // Who comes later is given the newest check, and that can be from before the upload.
        Stream.filter(({ at }) => DateTime.toEpochMillis(at) >= sinceMillis),
        Stream.mapEffect((check) =>
          Result.isFailure(check.result) && !passes(check.result.failure)
            ? Effect.fail(check.result.failure)
            : Effect.succeed(check)
        ),
        Stream.map(({ at, result }) => ({
          at,
          result,
          believed: Result.isSuccess(result) && isBelieved(result.success, at)
        })),
        Stream.takeUntil(({ believed }) => believed)
      )
    })
