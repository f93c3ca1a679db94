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
export interface Follow {
  readonly stream: (sourceId: SourceId, options: Options) => Stream.Stream<Seen, BulkUploadError>
  /** The same for those who only wait, of whom there can be many: it holds two thirds of the memory that a stream does. */
  readonly forEach: (
    sourceId: SourceId,
    options: Options,
    tell: (seen: Seen) => Effect.Effect<void>
  ) => Effect.Effect<void, BulkUploadError>
}

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
    const pollOf = (sourceId: SourceId, options: Options) =>
      RcMap.get(polls, new Poll(sourceId, options.schedule ?? schedule))

    return {
      stream: (sourceId, options) =>
        Effect.map(pollOf(sourceId, options), Stream.fromPubSubTake).pipe(
          Stream.unwrap,
          untilBelieved(options)
        ),
      forEach: (sourceId, options, tell) =>
        Effect.gen(function* () {
          const checks = yield* PubSub.subscribe(yield* pollOf(sourceId, options))
          const see = makeSee(options)
          while (true) {
            const take = yield* PubSub.take(checks)
            if (Exit.isExit(take)) return yield* take
            for (const check of take) {
              const seen = yield* see(check)
              if (seen === undefined) continue
              yield* tell(seen)
              if (seen.believed) return
            }
          }
        }).pipe(Effect.scoped)
    }
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
  (options: Options) =>
  (checks: Stream.Stream<Check>): Stream.Stream<Seen, BulkUploadError> =>
    Stream.suspend(() =>
      checks.pipe(
        Stream.mapEffect(makeSee(options)),
        Stream.filter((seen) => seen !== undefined),
        Stream.takeUntil(({ believed }) => believed)
      )
    )

/**
 * Takes one check after the other as one who follows does: nothing when it is from before the upload, and a
 * failure when it is one that does not pass.
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
    // Who comes later is given the newest check, and that can be from before the upload.
    if (DateTime.toEpochMillis(at) < sinceMillis) return Effect.undefined
    if (Result.isSuccess(result)) {
      return Effect.succeed({ at, result, believed: isBelieved(result.success, at) })
    }
    return passes(result.failure)
      ? Effect.succeed({ at, result, believed: false })
      : Effect.fail(result.failure)
  }
}
