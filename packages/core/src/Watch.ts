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
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { BulkUploadError } from "./BulkUploadError.ts"
import { type BulkUploadStatus, isSettled, State } from "./BulkUploadStatus.ts"
import { seconds, toMessage } from "./internal/errorText.ts"
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

type Ask = (sourceId: SourceId) => Effect.Effect<BulkUploadStatus, BulkUploadError>

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

/** One check: a status, or a failure that can pass by itself. */
export type Check = Result.Result<BulkUploadStatus, BulkUploadError>

/** Follows sources; all who follow one source on one schedule share its poll, whoever comes or goes. */
export type Follow = (sourceId: SourceId, options: Options) => Stream.Stream<Check, BulkUploadError>

/**
 * Every check, also when it shows the same as the one before, until a settled status is believed. A failure
 * that cannot pass by itself ends the stream.
 */
export const makeFollow = (ask: Ask): Effect.Effect<Follow, never, Scope.Scope> =>
  Effect.gen(function* () {
    const schedules = new Map<Schedule.Schedule<unknown>, RcMap.RcMap<SourceId, PubSub.PubSub<Check>>>()
    const scope = yield* Effect.scope

    /** The polls on one schedule. Schedules are few: the usual one, and what a program defines. */
    const pollsOn = (schedule: Schedule.Schedule<unknown>) =>
      Effect.suspend(() => {
        const known = schedules.get(schedule)
        if (known !== undefined) return Effect.succeed(known)
        return RcMap.make({ lookup: (sourceId: SourceId) => poll(ask(sourceId), schedule) }).pipe(
          Scope.provide(scope),
          Effect.tap((polls) => Effect.sync(() => schedules.set(schedule, polls)))
        )
      })

    return (sourceId, options) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const polls = yield* pollsOn(options.schedule ?? schedule)
          return Stream.fromPubSub(yield* RcMap.get(polls, sourceId))
        })
      ).pipe(untilBelieved(options))
  })

/** Asks until nobody listens. Who comes later is given the newest answer at once. */
const poll = (ask: Effect.Effect<BulkUploadStatus, BulkUploadError>, schedule: Schedule.Schedule<unknown>) =>
  Effect.gen(function* () {
    const answers = yield* PubSub.unbounded<Check>({ replay: 1 })
    yield* Effect.result(ask).pipe(
      Effect.flatMap((answer) => Effect.as(PubSub.publish(answers, answer), answer)),
      Effect.repeat(notBeforeAsked(schedule)),
      Effect.forkScoped
    )
    return answers
  })

/** A schedule never asks again earlier than SailPoint said. */
const notBeforeAsked = (schedule: Schedule.Schedule<unknown>) =>
  schedule.pipe(
    Schedule.setInputType<Check>(),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.succeed(
        Result.isFailure(input) &&
          input.failure._tag === "RateLimited" &&
          input.failure.retryAfter !== undefined
          ? Duration.max(duration, input.failure.retryAfter)
          : duration
      )
    )
  )

const untilBelieved =
  ({ grace = "1 minute", since }: Options) =>
  <R>(checks: Stream.Stream<Check, never, R>): Stream.Stream<Check, BulkUploadError, R> =>
    Stream.suspend(() => {
      const graceEnds =
        since === undefined ? -Infinity : DateTime.toEpochMillis(DateTime.addDuration(since, grace))
      let first: { readonly status: State } | undefined
      let changed = false
      const believed = (status: State, now: number): boolean => {
        first ??= { status }
        changed ||= first.status !== status
        return isSettled(status) && (changed || now >= graceEnds)
      }
      return checks.pipe(
        Stream.mapEffect((check) =>
          Result.isFailure(check) && !check.failure.retryable
            ? Effect.fail(check.failure)
            : Effect.succeed(check)
        ),
        Stream.takeUntilEffect((check) =>
          Effect.map(
            Clock.currentTimeMillis,
            (now) => Result.isSuccess(check) && believed(check.success.status, now)
          )
        )
      )
    })
