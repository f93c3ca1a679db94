/** A cache on the monotonic clock. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { now } from "./monotonicClock.ts"

/**
 * Like `Effect.cachedWithTTL`, but on the monotonic clock: after the system clock is put back, Effect's cache keeps a value
 * until the clock has caught up. Callers during a run share the run. By default, later callers start another.
 */
export const cachedFor = <A, E, R>(
  run: Effect.Effect<A, E, R>,
  lifetime: (exit: Exit.Exit<A, E>) => Duration.Duration = () => Duration.zero
): Effect.Effect<Effect.Effect<A, E, R>> => {
  /** Infinite during a run. */
  let until = -Infinity
  const timed = Effect.onExit(run, (exit) =>
    Effect.map(now, (now) => {
      until = now + Duration.toMillis(lifetime(exit))
    })
  )
  return Effect.map(Effect.cachedInvalidateWithTTL(timed, Duration.infinity), ([cached, invalidate]) =>
    Effect.flatMap(now, (now) => {
      if (now < until) return cached
      until = Infinity
      return Effect.andThen(invalidate, cached)
    })
  )
}
