/**
 * Checks of sources, shared by callers so that no answer is older than its question: a caller joins only a request that
 * is sent after the call. For each source at most one request is under way and one waits.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as RcMap from "effect/RcMap"
import type * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { BulkUploadError } from "../BulkUploadError.ts"
import type { BulkUploadStatus } from "../BulkUploadStatus.ts"
import type { SourceId } from "../SourceId.ts"
import { now } from "./monotonicClock.ts"
import { makeSharedSpan, type SharedSpan } from "./sharedSpan.ts"

/** The result of one request. */
export interface Check {
  /** When the request was sent or, if it was not, when it failed. */
  readonly at: DateTime.Utc
  readonly result: Result.Result<BulkUploadStatus, BulkUploadError>
}

/** One request for a source, and its check once it has ended. */
interface Flight {
  readonly source: Source
  readonly span: SharedSpan
  /** When the request was sent, in both kinds of time. */
  sent: { readonly at: DateTime.Utc; readonly monotonic: number } | undefined
  check: Check | undefined
}

interface Source {
  readonly id: SourceId
  readonly turn: Semaphore.Semaphore
  /** The newest request that was sent, and the one that waits. */
  newest: Flight | undefined
  next: Flight | undefined
}

/** One attempt, which runs `onSend` right before the request is sent, and again before it is sent with a new token. */
type Attempt = (
  sourceId: SourceId,
  onSend: Effect.Effect<unknown>
) => Effect.Effect<BulkUploadStatus, BulkUploadError>

/** The checks of a source for one caller. */
export interface Caller {
  /** Returns a check that was requested, by any caller, after the last one was returned, or after the call began. */
  readonly next: Effect.Effect<Check>
}

/** Begins a call for a source. */
export type Checks = (sourceId: SourceId) => Effect.Effect<Caller, never, Scope.Scope>

export const makeChecks = (attempt: Attempt): Effect.Effect<Checks, never, Scope.Scope> =>
  Effect.gen(function* () {
    const sources = yield* RcMap.make({ lookup: makeSource })
    const flights = yield* RcMap.make({ lookup: (flight: Flight) => runFlight(attempt, flight) })
    return Effect.fnUntraced(function* (sourceId) {
      const source = yield* RcMap.get(sources, sourceId)
      let from = yield* now
      let last: Flight | undefined
      const next = Effect.suspend(() => {
        const { newest } = source
        const flight =
          newest?.sent !== undefined && newest.sent.monotonic >= from && newest !== last
            ? newest
            : (source.next ??= makeFlight(source))
        const check =
          flight.check === undefined
            ? Effect.andThen(flight.span.join, Effect.scoped(RcMap.get(flights, flight)))
            : Effect.succeed(flight.check)
        return Effect.tap(check, () =>
          Effect.map(now, (seen) => {
            from = seen
            last = flight
          })
        )
      })
      return { next }
    })
  })

const makeSource = (id: SourceId): Effect.Effect<Source> =>
  Effect.sync(() => ({ id, turn: Semaphore.makeUnsafe(1), newest: undefined, next: undefined }))

const makeFlight = (source: Source): Flight =>
  Equal.byReferenceUnsafe({
    source,
    span: makeSharedSpan("BulkUploads.request"),
    sent: undefined,
    check: undefined
  })

const runFlight = (attempt: Attempt, flight: Flight): Effect.Effect<Check> => {
  const { source, span } = flight
  const markSent = Effect.gen(function* () {
    flight.sent = { at: yield* DateTime.now, monotonic: yield* now }
    source.newest = flight
    if (source.next === flight) source.next = undefined
    return flight.sent
  })
  return Effect.gen(function* () {
    const result = yield* Effect.result(attempt(source.id, markSent))
    const { at } = flight.sent ?? (yield* markSent)
    return (flight.check = { at, result })
  }).pipe(
    // A flight without a check must not serve later callers.
    Effect.onError(() =>
      Effect.sync(() => {
        if (source.newest === flight) source.newest = undefined
      })
    ),
    source.turn.withPermits(1),
    span.run
  )
}
