/**
 * Calls for one key that overlap share one run, which is interrupted when the last of them leaves. What `RcMap` does
 * with a scope, a finalizer and a copied context for every call.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"

interface Flight<A, E> {
  readonly fiber: Fiber.Fiber<A, E>
  waiting: number
}

/** Runs last no longer than the scope; who calls afterwards is interrupted. */
export const makeSingleFlight = <K, A, E, R>(
  run: (key: K) => Effect.Effect<A, E, R>
): Effect.Effect<(key: K) => Effect.Effect<A, E, R>, never, Scope.Scope> => {
  const flights = new Map<K, Flight<A, E>>()
  let closed = false

  const begin = (key: K, caller: Fiber.Fiber<unknown, unknown>): Flight<A, E> => {
    const fiber = Effect.runForkWith(caller.context as Parameters<typeof Effect.runForkWith<R>>[0])(run(key))
    const flight: Flight<A, E> = { fiber, waiting: 0 }
    flights.set(key, flight)
    fiber.addObserver(() => land(key, flight))
    return flight
  }

  const land = (key: K, flight: Flight<A, E>): void => {
    if (flights.get(key) === flight) flights.delete(key)
  }

  const join = (key: K): Effect.Effect<A, E, R> =>
    Effect.withFiber((caller) =>
      Effect.callback<A, E>((resume) => {
        if (closed) return resume(Effect.interrupt)
        const flight = flights.get(key) ?? begin(key, caller)
        flight.waiting += 1
        const forget = flight.fiber.addObserver(resume)
        return Effect.suspend(() => {
          forget()
          flight.waiting -= 1
          if (flight.waiting > 0) return Effect.void
          land(key, flight)
          return Fiber.interrupt(flight.fiber)
        })
      })
    )

  return Effect.as(
    Effect.addFinalizer(() => {
      closed = true
      return Fiber.interruptAll(Array.from(flights.values(), ({ fiber }) => fiber))
    }),
    join
  )
}
