/**
 * A tracer that removes invalid source IDs from spans: a user may have pasted anything, even a password, and exported spans
 * are kept for a long time.
 */
import { InvalidSourceId } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"

export const layer: Layer.Layer<never> = Layer.effect(
  Tracer.Tracer,
  Effect.map(Tracer.Tracer, (tracer) =>
    Tracer.make({
      ...tracer,
      span: (options) => {
        const span = tracer.span(options)
        const end = span.end.bind(span)
        return Object.assign(span, {
          end: (endTime: bigint, exit: Exit.Exit<unknown, unknown>) => end(endTime, redacted(exit))
        })
      }
    })
  )
)

const redacted = (exit: Exit.Exit<unknown, unknown>): Exit.Exit<unknown, unknown> =>
  Exit.isFailure(exit) &&
  exit.cause.reasons.some((reason) => reason._tag === "Fail" && reason.error instanceof InvalidSourceId)
    ? Exit.fail(new InvalidSourceId({ sourceId: "..." }))
    : exit
