/** Requests under a client's rate limit. All callers of a key back off after a 429. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { RateLimited } from "../BulkUploadError.ts"
import { askedWait } from "../RetryPolicy.ts"
import { budgetNumbers, type Options } from "./budgetNumbers.ts"
import type { Subject } from "./errorText.ts"
import { LimitPaused } from "./requestQueue.ts"
import { makeSpend, type Request, type RequestBudget } from "./spend.ts"

/** Equal limits are one limit for the whole process, and not one for each client. */
const ofThisProcess = new Map<string, ReturnType<typeof makeSpend>>()

const budgetOf = (given: RequestBudget | Options): RequestBudget => {
  if ("spend" in given) return given
  const { limit, maxPause, window } = budgetNumbers(given)
  const key = `${limit} ${window}`
  const spend = ofThisProcess.get(key) ?? makeSpend({ limit, window })
  ofThisProcess.set(key, spend)
  return { spend: spend(maxPause) }
}

/** Sends requests of a key. A request that the back-off refuses fails like one that was answered with 429. */
export const makeUnderLimit = (given: RequestBudget | Options = {}, deadline: Duration.Duration) => {
  const { spend } = budgetOf(given)
  return (key: string) =>
    <T, A, E>(
      subject: Subject,
      {
        send,
        ...request
      }: Pick<Request<T, A, E, never>, "isReady" | "prepare"> & {
        readonly send: (prepared: T) => Effect.Effect<A, E>
      }
    ): Effect.Effect<A, E | RateLimited> =>
      spend<T, A, E, never>(key, {
        ...request,
        deadline,
        send: (prepared, backOff) =>
          Effect.tapError(send(prepared), (error) =>
            error instanceof RateLimited ? backOff(askedWait(error)) : Effect.void
          )
      }).pipe(
        Effect.catchIf(
          (error) => error instanceof LimitPaused,
          ({ remaining }) =>
            Effect.flatMap(
              Schedule.CurrentMetadata,
              ({ attempt }) =>
                new RateLimited({ ...subject, retryAfter: remaining, attempts: attempt, heldBack: true })
            )
        )
      )
}
