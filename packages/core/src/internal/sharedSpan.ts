/**
 * A span for work that several callers wait for. The work can outlast each of them, so its span is a root, linked to
 * their spans and back. `Effect.linkSpans` does not link a span that has begun to those of later callers.
 */
import * as Effect from "effect/Effect"
import type * as Tracer from "effect/Tracer"
import { isTraced } from "./whereTraced.ts"

/** OpenTelemetry's default limit for the links of a span. */
const MAX_LINKS = 128

export interface SharedSpan {
  /** Runs the work in the span, linked to the current span of the caller that starts the work. */
  readonly run: <A, E>(work: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Links the span, while the work runs, to the current span of another caller. */
  readonly join: Effect.Effect<void>
}

export const makeSharedSpan = (name: string): SharedSpan => {
  let shared: Tracer.Span | undefined
  return {
    run: (work) =>
      Effect.withFiber((fiber) => {
        if (!isTraced(fiber)) return work
        const { span: caller } = fiber.cache
        const options = { root: true, captureStackTrace: false, ...(caller && { sampled: caller.sampled }) }
        return Effect.useSpan(name, options, (span) => {
          shared = span
          connect(span, caller)
          return Effect.ensuring(
            Effect.withParentSpan(work, span),
            Effect.sync(() => (shared = undefined))
          )
        })
      }),
    join: Effect.withFiber((fiber) => Effect.sync(() => connect(shared, fiber.cache.span)))
  }
}

const connect = (shared: Tracer.Span | undefined, caller: Tracer.AnySpan | undefined): void => {
  if (shared === undefined || caller === undefined) return
  link(shared, caller)
  if (caller._tag === "Span") link(caller, shared)
}

const link = (from: Tracer.Span, to: Tracer.AnySpan): void => {
  if (from.links.length < MAX_LINKS) from.addLinks([{ span: to, attributes: {} }])
}
