/**
 * Spans where there is a tracer to give them to. One that goes nowhere costs a call some of its time, and each who waits,
 * of whom there can be many, 2.6 kB.
 */
import * as Effect from "effect/Effect"
import type { SpanOptionsNoTrace } from "effect/Tracer"

export const whereTraced =
  (name: string, options?: () => SpanOptionsNoTrace) =>
  <A, E>(self: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.withFiber(({ cache }) =>
      cache.tracer === undefined
        ? self
        : Effect.withSpan(self, name, { ...options?.(), captureStackTrace: false })
    )

/** Attributes of the span that `whereTraced` made; where it made none, nobody else's is given them. */
export const annotateWhereTraced = (attributes: () => Record<string, unknown>): Effect.Effect<void> =>
  Effect.withFiber(({ cache }) =>
    cache.tracer === undefined ? Effect.void : Effect.annotateCurrentSpan(attributes())
  )
