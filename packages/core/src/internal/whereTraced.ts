/**
 * Spans where there is a tracer to give them to. One that goes nowhere costs a call some of its time, and each who waits,
 * of whom there can be many, 2.6 kB.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { SpanOptionsNoTrace } from "effect/Tracer"

export const whereTraced =
  (name: string, options?: () => SpanOptionsNoTrace) =>
  <A, E>(self: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.withFiber((fiber) =>
      isTraced(fiber) ? Effect.withSpan(self, name, { ...options?.(), captureStackTrace: false }) : self
    )

export const isTraced = ({ cache }: Fiber.Fiber<unknown, unknown>): boolean => cache.tracer !== undefined
