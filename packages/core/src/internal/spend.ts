/** Requests under a rate limit: prepared, queued, checked once more and sent. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Limit } from "./budgetNumbers.ts"
import { nowOf } from "./monotonicClock.ts"
import { type LimitPaused, RequestQueue, type SharedSlots, Slot } from "./requestQueue.ts"

export interface Request<T, A, E, R> {
  /** Runs before the request waits for its slot: to get an access token. */
  readonly prepare: Effect.Effect<T, E, R>
  /** Whether the token is still valid. If not, the request is prepared again, without a slot. */
  readonly isReady: (prepared: T, clock: Clock.Clock) => boolean
  /** `backOff` makes all callers of the key wait after a 429: as long as SailPoint asked, or for the default back-off. */
  readonly send: (
    prepared: T,
    backOff: (asked: Duration.Duration | undefined) => Effect.Effect<void>
  ) => Effect.Effect<A, E, R>
  /** The longest duration of `send`. */
  readonly deadline: Duration.Duration
}

/** Sends a request of a key as soon as the limit allows. */
export type Spend = <T, A, E, R>(
  key: string,
  request: Request<T, A, E, R>
) => Effect.Effect<A, E | LimitPaused, R>

/** A rate limit, applied to each key. The library's keys stand for a host, a client ID and an API version. */
export interface RequestBudget {
  readonly spend: Spend
}

/** Makes a queue for each key and clock, because the times of two clocks cannot be compared. */
export const makeSpend = (
  limit: Limit,
  sharedSlots: (key: string) => SharedSlots | undefined = () => undefined
): ((maxPause: number) => Spend) => {
  const clocks = new WeakMap<Clock.Clock, Map<string, RequestQueue>>()
  const queueOf = (clock: Clock.Clock, key: string): RequestQueue => {
    const queues = clocks.get(clock) ?? new Map<string, RequestQueue>()
    clocks.set(clock, queues)
    dropIdle(queues, nowOf(clock))
    const queue = queues.get(key) ?? new RequestQueue(limit, sharedSlots(key))
    queues.set(key, queue)
    return queue
  }

  return (maxPause) =>
    <T, A, E, R>(key: string, { deadline, isReady, prepare, send }: Request<T, A, E, R>) =>
      Effect.clockWith((clock) => {
        const slot = new Slot(clock, Math.min(Duration.toMillis(deadline), LONGEST_ATTEMPT), maxPause)
        let queue = queueOf(clock, key)
        const wait = Effect.flatMap(prepare, (prepared): Effect.Effect<T, E | LimitPaused, R> => {
          // The queue is found and joined in one step, or it could be dropped as idle in between.
          queue = queueOf(clock, key)
          return queue.takeNow(slot)
            ? Effect.succeed(prepared)
            : queue.wait(slot, prepared, { prepare, isReady: (token) => isReady(token, clock) })
        })
        return Effect.suspend(() => queue.refusal(slot) ?? wait).pipe(
          Effect.flatMap((prepared) => send(prepared, (asked) => queue.backOff(slot, asked))),
          Effect.onExit(() => queue.leave(slot))
        )
      })
}

/** The deadline, in milliseconds, that a lease assumes for an attempt without one. */
const LONGEST_ATTEMPT = 3_600_000

/** Drops idle queues, the least recently used first. The first busy one moves to the end, so that it hides no idle ones. */
const dropIdle = (queues: Map<string, RequestQueue>, now: number): void => {
  for (const [key, queue] of queues) {
    queues.delete(key)
    if (queue.isIdle(now)) continue
    queues.set(key, queue)
    return
  }
}
