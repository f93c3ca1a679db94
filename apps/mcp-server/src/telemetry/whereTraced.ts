/**
 * Creates spans only if a tracer is installed, to save their cost otherwise.
 */
import * as Effect from "effect/Effect"
import type { SpanOptionsNoTrace } from "effect/Tracer"

export const withSpan =
  (name: string, options: () => SpanOptionsNoTrace) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.withFiber(({ cache }) =>
      cache.tracer === undefined
        ? self
        : // The parent is among the options, so the type of the effect stays.
          (Effect.withSpan(self, name, { ...options(), captureStackTrace: false }) as typeof self)
    )

/** Adds attributes to the span that `withSpan` made, and to no other span if it made none. */
export const annotateSpan = (attributes: () => Record<string, unknown>): Effect.Effect<void> =>
  Effect.withFiber(({ cache }) =>
    cache.tracer === undefined ? Effect.void : Effect.annotateCurrentSpan(attributes())
  )
