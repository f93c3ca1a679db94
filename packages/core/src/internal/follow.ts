/**
 * Following sources: one poll for all who follow the same one on the same schedule.
 */
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
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
  /** The same for those who only wait, of whom there can be many: it holds a fraction of the memory of a stream. */
  readonly forEach: (
    sourceId: SourceId,
    options: Options,
    tell: (seen: Seen) => Effect.Effect<void>
  ) => Effect.Effect<void, BulkUploadError>
}

/** A check, and the promise of the one after it. */
interface Link {
  readonly check: Check
  readonly next: Next
}

/** Nothing, when there is no further check. */
type Next = Deferred.Deferred<Link | undefined>

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
    const polls = new WeakMap<Schedule.Schedule<unknown>, Map<SourceId, Poll>>()

    const pollsOn = (schedule: Schedule.Schedule<unknown>): Map<SourceId, Poll> => {
      const known = polls.get(schedule) ?? new Map<SourceId, Poll>()
      polls.set(schedule, known)
      return known
    }

    const begin = (sourceId: SourceId, schedule: Schedule.Schedule<unknown>): Effect.Effect<Poll> => {
      const first: Next = Deferred.makeUnsafe()
      const poll: Poll = { newest: first, last: first, followers: 0, fiber: undefined }
      pollsOn(schedule).set(sourceId, poll)
      return Effect.map(Effect.forkIn(publish(poll, ask(sourceId), schedule), scope), (fiber) => {
        poll.fiber = fiber
        fiber.addObserver((exit) => {
          forget(poll, sourceId, schedule)
          // What ends the poll, be it the schedule or a mistake of this program, ends all who follow it.
          Deferred.doneUnsafe(
            poll.last,
            Exit.map(exit, () => undefined)
          )
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
            return Effect.map(Effect.acquireRelease(join, leave), ({ newest }) =>
              Stream.unfold(newest, (next) =>
                Effect.map(Deferred.await(next), (link) => link && ([link.check, link.next] as const))
              )
            )
          })
        ).pipe(untilBelieved(options)),
      forEach: (sourceId, options, tell) =>
        Effect.suspend(() => {
          const { join, leave } = following(sourceId, options)
          const see = makeSee(options)
          const read = (next: Next): Effect.Effect<void, BulkUploadError> =>
            Effect.flatMap(Deferred.await(next), (link) =>
              link === undefined
                ? Effect.void
                : Effect.flatMap(see(link.check), (seen) => {
                    if (seen === undefined) return read(link.next)
                    return Effect.flatMap(tell(seen), () => (seen.believed ? Effect.void : read(link.next)))
                  })
            )
          return Effect.acquireUseRelease(join, ({ newest }) => read(newest), leave)
        })
    }
  })

/** Asks until nobody listens. Who comes later is given the newest check at once. */
const publish = (
  poll: Poll,
  ask: Effect.Effect<BulkUploadStatus, BulkUploadError>,
  schedule: Schedule.Schedule<unknown>
): Effect.Effect<unknown> =>
  Effect.gen(function* () {
    const at = yield* DateTime.now
    const result = yield* Effect.result(ask)
    const next: Next = Deferred.makeUnsafe()
    poll.newest = poll.last
    poll.last = next
    Deferred.doneUnsafe(poll.newest, Effect.succeed({ check: { at, result }, next }))
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
