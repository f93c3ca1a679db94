/**
 * Following one source until its job has ended: how often to ask, when to believe the answer, and one poll
 * for all who follow the same source.
 *
 * **The trap.** SailPoint tells the status of the *newest* job, and right after an upload that can still be
 * the job before: a `COMPLETED` that is an hour old looks like one of this second. So say when the file was
 * uploaded (`since`): a settled status is then believed only once another status was seen, or once a grace
 * time after the upload has passed. Null is never settled.
 *
 * @since 0.1.0
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
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Take from "effect/Take"
import { BulkUploadError } from "./BulkUploadError.ts"
import { type BulkUploadStatus, isSettled, State } from "./BulkUploadStatus.ts"
import { seconds, toMessage } from "./internal/errorText.ts"
import { askedWait } from "./RetryPolicy.ts"
import type { SourceId } from "./SourceId.ts"

/**
 * How to follow a source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * When to ask again, after each answer.
   *
   * @default Watch.schedule
   */
  readonly schedule?: Schedule.Schedule<unknown> | undefined
  /** When the upload in question was made: settled statuses of earlier jobs are not believed. */
  readonly since?: DateTime.DateTime | undefined
  /**
   * How long after `since` a settled status that never changed is believed all the same.
   *
   * @default "1 minute"
   */
  readonly grace?: Duration.Input | undefined
}

/**
 * Eagerly at first (after a second), ever more calmly, and every 15 seconds in the end.
 *
 * @category schedules
 * @since 0.1.0
 */
export const schedule: Schedule.Schedule<unknown> = Schedule.min([
  Schedule.exponential("1 second", 1.5),
  Schedule.spaced("15 seconds")
])

/**
 * `awaitSettled` ran out of time: the job has not ended, or its end is not believed yet. Not in the union,
 * because asking for a status cannot fail with it.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotSettled extends Schema.TaggedError<NotSettled>()("NotSettled", {
  sourceId: Schema.String,
  /** How long it waited. */
  after: Schema.DurationFromMillis,
  /** The last status; absent when none came. */
  status: Schema.optionalKey(State),
  /** What the last try to get a status failed with, where it did. */
  lastFailure: Schema.optionalKey(BulkUploadError)
}) {
  get retryable(): boolean {
    return true
  }
  get summary(): string {
    const last = this.status === undefined ? "no status came" : `the last status was ${this.status}`
    const failure = this.lastFailure === undefined ? "" : ` ${this.lastFailure.summary}`
    return `The upload on source ${this.sourceId} was not settled within ${seconds(this.after)}: ${last}.${failure}`
  }
  get nextStep(): string {
    return (
      this.lastFailure?.nextStep ?? "Wait again: SailPoint works on, and nothing is lost by asking later."
    )
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * One check: when SailPoint was asked, and its status or a failure that can pass by itself.
 *
 * @category models
 * @since 0.1.0
 */
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
    const polls = yield* RcMap.make({
      lookup: ({ schedule, sourceId }: Poll) => publish(ask(sourceId), schedule)
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
  schedule: Schedule.Schedule<unknown>
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
      Effect.onExit((exit) => PubSub.publish(checks, Exit.asVoid(exit))),
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
  ({ grace = "1 minute", since }: Options) =>
  (checks: Stream.Stream<Check>): Stream.Stream<Seen, BulkUploadError> =>
    Stream.suspend(() => {
      const graceEnds =
        since === undefined ? -Infinity : DateTime.toEpochMillis(DateTime.addDuration(since, grace))
      let first: { readonly status: State } | undefined
      let changed = false
      const isBelieved = ({ status }: BulkUploadStatus, at: DateTime.Utc): boolean => {
        first ??= { status }
        changed ||= first.status !== status
        return isSettled(status) && (changed || DateTime.toEpochMillis(at) >= graceEnds)
      }
      return checks.pipe(
        Stream.mapEffect((check) =>
          Result.isFailure(check.result) && !check.result.failure.retryable
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
