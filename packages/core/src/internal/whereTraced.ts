/**
 * Spans only where a tracer is installed. `Effect.withSpan` also creates spans for no tracer: each costs a waiter 2.6 kB,
 * and 10,000 waiters are a supported case.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { SpanOptionsNoTrace } from "effect/Tracer"

export const whereTraced =
  (name: string, options?: () => SpanOptionsNoTrace) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withFiber((fiber) =>
      isTraced(fiber)
        ? // No effect here requires a parent span, which the type of `withSpan` would remove.
          (Effect.withSpan(self, name, { ...options?.(), captureStackTrace: false }) as typeof self)
        : self
    )

export const isTraced = ({ cache }: Fiber.Fiber<unknown, unknown>): boolean => cache.tracer !== undefined
