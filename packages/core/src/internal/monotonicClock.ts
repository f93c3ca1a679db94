/**
 * Milliseconds of a clock that nobody sets: with the time of day, a clock that is put back by an hour would
 * hold everybody who waits for an hour. They count from no time in particular.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export const nowOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

export const now: Effect.Effect<number> = Effect.clockWith((clock) => Effect.succeed(nowOf(clock)))
