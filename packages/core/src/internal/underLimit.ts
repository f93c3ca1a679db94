/**
 * Requests under the limit of a key, and the one rule for 429: it makes all callers of the key back off.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { RateLimited } from "../BulkUploadError.ts"
import { askedWait } from "../RetryPolicy.ts"
import type { Subject } from "./classify.ts"
import { LimitPaused } from "./limitPaused.ts"
import type { Request, Spend } from "./spend.ts"

/** Sends requests of a key. One that the back-off refuses fails as if SailPoint had answered with 429 once more. */
export const makeUnderLimit =
  (spend: Spend, deadline: Duration.Duration) =>
  (key: string) =>
  <T, A, E>(
    subject: Subject,
    {
      isReady,
      prepare,
      send
    }: Pick<Request<T, A, E, never>, "isReady" | "prepare"> & {
      readonly send: (prepared: T) => Effect.Effect<A, E>
    }
  ): Effect.Effect<A, E | RateLimited> =>
    spend<T, A, E, never>(key, {
      prepare,
      isReady,
      deadline,
      send: (prepared, backOff) =>
        Effect.tapError(send(prepared), (error) =>
          error instanceof RateLimited ? backOff(askedWait(error)) : Effect.void
        )
    }).pipe(
      Effect.catchIf(
        (error) => error instanceof LimitPaused,
        (paused) => heldBack(subject, paused)
      )
    )

const heldBack = (subject: Subject, { remaining }: LimitPaused): Effect.Effect<never, RateLimited> =>
  Effect.flatMap(
    Schedule.CurrentMetadata,
    ({ attempt }) => new RateLimited({ ...subject, retryAfter: remaining, attempts: attempt, heldBack: true })
  )
