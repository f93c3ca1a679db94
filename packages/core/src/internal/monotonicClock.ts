/**
 * Milliseconds of a clock that is never set. With the time of day, a clock that is set back by an hour would delay all
 * waiting requests by an hour.
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export const nowOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

export const now: Effect.Effect<number> = Effect.clockWith((clock) => Effect.succeed(nowOf(clock)))
