/**
 * A deadline for many that run at a time. What `Effect.timeoutOrElse` does with two fibers and a timer for each, and
 * `Effect.provideContext` with a context changed there and back: here each is one fiber, begun with the context that it
 * needs, and all have one timer.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Alarm } from "./alarm.ts"
import { nowOf } from "./monotonicClock.ts"

/** Runs it in the context made so, until it ends or the time has passed, which interrupts it before `orElse` follows. */
export const untilDeadline =
  <A, E>(options: {
    readonly duration: Duration.Duration
    readonly alarmOf: (clock: Clock.Clock) => Alarm
    readonly context: (context: Context.Context<never>) => Context.Context<never>
    readonly orElse: () => Effect.Effect<A, E>
  }) =>
  (self: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.withFiber((caller) =>
      Effect.callback<A, E>((resume) => {
        const clock = caller.getRef(Clock.Clock)
        const alarm = options.alarmOf(clock)
        const fiber = Effect.runForkWith(options.context(caller.context))(self)
        const entry = {
          due: nowOf(clock) + Duration.toMillis(options.duration),
          ring: () => {
            forget()
            resume(Effect.flatMap(Fiber.interrupt(fiber), options.orElse))
          }
        }
        const forget = fiber.addObserver((exit) => {
          alarm.off(entry)
          resume(exit)
        })
        if (fiber.pollUnsafe() === undefined) alarm.set(caller, entry)
        return Effect.suspend(() => {
          forget()
          alarm.off(entry)
          return Fiber.interrupt(fiber)
        })
      })
    )
