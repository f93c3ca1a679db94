/**
 * Following sources: one poll for all who follow the same one on the same schedule.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { BulkUploadError } from "../BulkUploadError.ts"
import { type BulkUploadStatus, isSettled, type State } from "../BulkUploadStatus.ts"
import { askedWait } from "../RetryPolicy.ts"
import type { SourceId } from "../SourceId.ts"
import { type Options, schedule } from "../Watch.ts"
import { type Alarm, makeAlarms } from "./alarm.ts"
import { nowOf } from "./monotonicClock.ts"

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
  /**
   * The same for those who only wait, and no longer than `timeout`. There can be many of them: each holds a fraction
   * of the memory of a stream with a timeout of its own.
   */
  readonly forEach: (
    sourceId: SourceId,
    options: Options & { readonly timeout: Duration.Input },
    tell: (seen: Seen) => Effect.Effect<void>
  ) => Effect.Effect<void, BulkUploadError>
}

/** A check, and the promise of the one after it. */
interface Link {
  readonly check: Check
  readonly next: Next
}

/** What is to come: a link, or nothing when there is no further check. A `Deferred` that can also be given up. */
class Next {
  told: Effect.Effect<Link | undefined> | undefined
  readonly waiting = new Set<(told: Effect.Effect<Link | undefined>) => void>()

  tell(told: Effect.Effect<Link | undefined>): void {
    this.told = told
    const waiting = Array.from(this.waiting)
    this.waiting.clear()
    for (const resume of waiting) resume(told)
  }
}

/** One poll. Each who follows it reads along the chain of its checks at its own pace. */
interface Poll {
  /** Where one who comes now begins to read: at the newest check, or at the first that is to come. */
  newest: Next
  /** The end of the chain. */
  last: Next
  followers: number
  fiber: Fiber.Fiber<unknown> | undefined
}

/**
 * Every check, also when it shows the same as the one before, until a settled status is believed or the
 * schedule ends. A failure that cannot pass by itself ends the stream. `ask` makes one try: the schedule is
 * what tries again, so that every failure shows as soon as it happens.
 */
export const makeFollow = (
  ask: (sourceId: SourceId) => Effect.Effect<BulkUploadStatus, BulkUploadError>
): Effect.Effect<Follow, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const alarmOf = makeAlarms()
    const polls = new WeakMap<Schedule.Schedule<unknown>, Map<SourceId, Poll>>()

    const pollsOn = (schedule: Schedule.Schedule<unknown>): Map<SourceId, Poll> => {
      const known = polls.get(schedule) ?? new Map<SourceId, Poll>()
      polls.set(schedule, known)
      return known
    }

    const begin = (sourceId: SourceId, schedule: Schedule.Schedule<unknown>): Effect.Effect<Poll> => {
      const first = new Next()
      const poll: Poll = { newest: first, last: first, followers: 0, fiber: undefined }
      pollsOn(schedule).set(sourceId, poll)
      return Effect.map(Effect.forkIn(publish(poll, ask(sourceId), schedule), scope), (fiber) => {
        poll.fiber = fiber
        fiber.addObserver((exit) => {
          forget(poll, sourceId, schedule)
          // What ends the poll, be it the schedule or a mistake of this program, ends all who follow it.
          poll.last.tell(Exit.map(exit, () => undefined))
        })
        return poll
      })
    }

    /** Who comes afterwards begins a new one, also while others still read of the old one's end. */
    const forget = (poll: Poll, sourceId: SourceId, schedule: Schedule.Schedule<unknown>): void => {
      if (pollsOn(schedule).get(sourceId) === poll) pollsOn(schedule).delete(sourceId)
    }

    const following = (sourceId: SourceId, options: Options) => {
      const on = options.schedule ?? schedule
      const join = Effect.suspend(() => {
        const known = pollsOn(on).get(sourceId)
        return known === undefined ? begin(sourceId, on) : Effect.succeed(known)
      }).pipe(
        Effect.map((poll) => {
          poll.followers += 1
          return poll
        })
      )
      const leave = (poll: Poll): Effect.Effect<void> => {
        poll.followers -= 1
        if (poll.followers > 0 || poll.fiber === undefined) return Effect.void
        forget(poll, sourceId, on)
        return Fiber.interrupt(poll.fiber)
      }
      return { join, leave }
    }

    return {
      stream: (sourceId, options) =>
        Stream.unwrap(
          Effect.suspend(() => {
            const { join, leave } = following(sourceId, options)
            const see = makeSee(options)
            /** Ends after a status that is believed: there `next` is nothing. */
            const read = (
              next: Next | undefined
            ): Effect.Effect<readonly [Seen, Next | undefined] | undefined, BulkUploadError> =>
              Effect.flatMap(next === undefined ? Effect.undefined : take(next), (link) =>
                link === undefined
                  ? Effect.undefined
                  : Effect.flatMap(see(link.check), (seen) =>
                      seen === undefined
                        ? read(link.next)
                        : Effect.succeed([seen, seen.believed ? undefined : link.next] as const)
                    )
              )
            return Effect.map(Effect.acquireRelease(join, leave), ({ newest }) =>
              Stream.unfold<Next | undefined, Seen, BulkUploadError, never>(newest, read)
            )
          })
        ),
      forEach: (sourceId, options, tell) =>
        Effect.clockWith((clock) => {
          const { join, leave } = following(sourceId, options)
          const see = makeSee(options)
          const alarm = alarmOf(clock)
          const due = nowOf(clock) + Duration.toMillis(Duration.fromInputUnsafe(options.timeout))
          const read = (next: Next): Effect.Effect<void, BulkUploadError> =>
            Effect.flatMap(takeUntil(next, alarm, due), (link) =>
              link === undefined
                ? Effect.void
                : Effect.flatMap(see(link.check), (seen) => {
                    if (seen === undefined) return read(link.next)
                    const told = Effect.timeoutOption(tell(seen), Math.max(0, due - nowOf(clock)))
                    return Effect.flatMap(told, (inTime) =>
                      Option.isNone(inTime) || seen.believed ? Effect.void : read(link.next)
                    )
                  })
            )
          return Effect.acquireUseRelease(join, ({ newest }) => read(newest), leave)
        })
    }
  })

const take = (next: Next): Effect.Effect<Link | undefined> =>
  Effect.callback((resume) => {
    if (next.told !== undefined) return resume(next.told)
    next.waiting.add(resume)
    return Effect.sync(() => next.waiting.delete(resume))
  })

/** Nothing, when time is up. */
const takeUntil = (next: Next, alarm: Alarm, due: number): Effect.Effect<Link | undefined> =>
  Effect.withFiber((caller) =>
    Effect.callback((resume) => {
      if (next.told !== undefined) return resume(next.told)
      const answer = (told: Effect.Effect<Link | undefined>): void => {
        alarm.off(entry)
        resume(told)
      }
      const entry = {
        due,
        ring: () => {
          next.waiting.delete(answer)
          resume(Effect.undefined)
        }
      }
      next.waiting.add(answer)
      alarm.set(caller, entry)
      return Effect.sync(() => {
        next.waiting.delete(answer)
        alarm.off(entry)
      })
    })
  )

/** Asks until nobody listens. Who comes later is given the newest check at once. */
const publish = (
  poll: Poll,
  ask: Effect.Effect<BulkUploadStatus, BulkUploadError>,
  schedule: Schedule.Schedule<unknown>
): Effect.Effect<unknown> =>
  Effect.gen(function* () {
    const at = yield* DateTime.now
    const result = yield* Effect.result(ask)
    const next = new Next()
    poll.newest = poll.last
    poll.last = next
    poll.newest.tell(Effect.succeed({ check: { at, result }, next }))
    return result
  }).pipe(Effect.repeat(notBeforeAsked(schedule)))

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
