/**
 * Milliseconds of a clock that nobody sets: with the time of day, a clock that is put back by an hour would
 * hold everybody who waits for an hour.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

export const now: Effect.Effect<number> = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos) / 1e6)
