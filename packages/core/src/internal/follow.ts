/**
 * Following sources: one poll for all who follow the same one on the same schedule.
 */
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as RcMap from "effect/RcMap"
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

export type Follow = (sourceId: SourceId, options: Options) => Stream.Stream<Seen, BulkUploadError>

interface Poll {
  readonly sourceId: SourceId
  readonly schedule: Schedule.Schedule<unknown>
}

/** A check, and the promise of the one after it: nothing when there is none. */
interface Link {
  readonly check: Check
  readonly next: Deferred.Deferred<Link | undefined>
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
    const polls: RcMap.RcMap<Poll, { newest: Link["next"] }> = yield* RcMap.make({
      lookup: Effect.fnUntraced(function* (poll: Poll) {
        let last: Link["next"] = Deferred.makeUnsafe()
        const reading = { newest: last }
        yield* Effect.map(check(ask(poll.sourceId)), (check) => {
          const next = Deferred.makeUnsafe<Link | undefined>()
          Deferred.doneUnsafe(last, Exit.succeed({ check, next }))
          reading.newest = last
          last = next
          return check
        }).pipe(
          Effect.repeat(notBeforeAsked(poll.schedule)),
          // Who comes afterwards begins a new one, also while others still read of the old one's end.
          Effect.tap(RcMap.invalidate(polls, poll)),
          Effect.onExit((exit) =>
            Deferred.done(
              last,
              Exit.map(exit, () => undefined)
            )
          ),
          Effect.forkScoped
        )
        return reading
      })
    })
    return (sourceId, options) =>
      Stream.unwrap(
        Effect.suspend(() => {
          const see = makeSee(options)
          const read = (
            next: Link["next"] | undefined
          ): Effect.Effect<readonly [Seen, Link["next"] | undefined] | undefined, BulkUploadError> =>
            Effect.flatMap(next === undefined ? Effect.undefined : Deferred.await(next), (link) =>
              link === undefined
                ? Effect.undefined
                : Effect.flatMap(see(link.check), (seen) =>
                    seen === undefined
                      ? read(link.next)
                      : Effect.succeed([seen, seen.believed ? undefined : link.next] as const)
                  )
            )
          const poll = { sourceId, schedule: Equal.byReferenceUnsafe(options.schedule ?? schedule) }
          return Effect.map(RcMap.get(polls, poll), ({ newest }) =>
            Stream.unfold<Link["next"] | undefined, Seen, BulkUploadError, never>(newest, read)
          )
        })
      )
  })

const check = (ask: Effect.Effect<BulkUploadStatus, BulkUploadError>): Effect.Effect<Check> =>
  Effect.flatMap(DateTime.now, (at) => Effect.map(Effect.result(ask), (result) => ({ at, result })))

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
