/**
 * One deadline for many that run at a time. As it is the same for all, what began first is due first, and a single
 * timer watches over all of them, where `Effect.timeout` sets a timer and two fibers going for each.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"

/** Ends what runs for longer, and goes on with `orElse`. */
export type Within = <A, E>(
  effect: Effect.Effect<A, E>,
  orElse: () => Effect.Effect<A, E>
) => Effect.Effect<A, E>

interface Running {
  /** In milliseconds of the monotonic clock. */
  readonly due: number
  readonly expire: () => void
}

export const makeWithin = (duration: Duration.Duration): Within => {
  const millis = Duration.toMillis(duration)
  /** In the order in which they are due. */
  const running = new Set<Running>()
  let watcher: Fiber.Fiber<void> | undefined

  const watch = (clock: Clock.Clock): Effect.Effect<void> =>
    Effect.suspend(() => {
      const now = nowOf(clock)
      for (const one of running) {
        if (one.due > now) return Effect.andThen(clock.sleep(Duration.millis(one.due - now)), watch(clock))
        running.delete(one)
        one.expire()
      }
      watcher = undefined
      return Effect.void
    })

  const end = (one: Running): void => {
    running.delete(one)
    // A timer that nobody needs would keep the process from ending.
    if (running.size === 0 && watcher !== undefined) {
      watcher.interruptUnsafe()
      watcher = undefined
    }
  }

  return <A, E>(effect: Effect.Effect<A, E>, orElse: () => Effect.Effect<A, E>) =>
    Effect.withFiber((caller) =>
      Effect.clockWith((clock) =>
        Effect.callback<A, E>((resume) => {
          const fiber = Effect.runForkWith(caller.context)(effect)
          const one: Running = {
            due: nowOf(clock) + millis,
            expire: () => {
              resume(Effect.suspend(orElse))
              fiber.interruptUnsafe()
            }
          }
          running.add(one)
          fiber.addObserver((exit) => {
            end(one)
            resume(exit)
          })
          watcher ??= Effect.runForkWith(caller.context)(watch(clock))
          return Effect.sync(() => {
            end(one)
            fiber.interruptUnsafe()
          })
        })
      )
    )
}

const nowOf = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
