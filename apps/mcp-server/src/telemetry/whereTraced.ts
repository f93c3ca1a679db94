/**
 * Spans where there is a tracer to give them to: one that goes nowhere is a cost of every call.
 */
import * as Effect from "effect/Effect"
import type { SpanOptionsNoTrace } from "effect/Tracer"

export const withSpan =
  (name: string, options: () => SpanOptionsNoTrace) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withFiber(({ cache }) =>
      cache.tracer === undefined
        ? self
        : // What is a parent here is given, not asked for.
          (Effect.withSpan(self, name, { ...options(), captureStackTrace: false }) as typeof self)
    )

/** Attributes of the span that `withSpan` made; where it made none, nobody else's is given them. */
export const annotateSpan = (attributes: () => Record<string, unknown>): Effect.Effect<void> =>
  Effect.withFiber(({ cache }) =>
    cache.tracer === undefined ? Effect.void : Effect.annotateCurrentSpan(attributes())
  )
