/**
 * One deadline for many that run at a time, watched over by a single timer, where `Effect.timeout` sets a timer and
 * two fibers going for each.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Alarm } from "./alarm.ts"
import { nowOf } from "./monotonicClock.ts"

/** Ends what runs for longer, and goes on with `orElse`. */
export type Within = <A, E>(
  effect: Effect.Effect<A, E>,
  orElse: () => Effect.Effect<A, E>
) => Effect.Effect<A, E>

export const makeWithin = (duration: Duration.Duration): Within => {
  const millis = Duration.toMillis(duration)
  const alarm = new Alarm()
  return <A, E>(effect: Effect.Effect<A, E>, orElse: () => Effect.Effect<A, E>) =>
    Effect.withFiber((caller) =>
      Effect.clockWith((clock) =>
        Effect.callback<A, E>((resume) => {
          const fiber = Effect.runForkWith(caller.context)(effect)
          const entry = {
            due: nowOf(clock) + millis,
            ring: () => {
              resume(Effect.suspend(orElse))
              fiber.interruptUnsafe()
            }
          }
          alarm.set(caller, clock, entry)
          fiber.addObserver((exit) => {
            alarm.off(entry)
            resume(exit)
          })
          return Effect.sync(() => {
            alarm.off(entry)
            fiber.interruptUnsafe()
          })
        })
      )
    )
}
