/**
 * A failure as JSON: for a tool's result, a command's `--json`, a log line or an HTTP response.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Failure, getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
 *
 * const json = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d").pipe(
 *   Effect.match({ onFailure: Failure.fromError, onSuccess: (status) => status }),
 *   Effect.map((result) => JSON.stringify(result))
 * )
 * ```
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

/** Decodes a failure. */
export const Failure = Schema.Struct({
  /** The error's tag. */
  error: Schema.String,
  message: Schema.String,
  nextStep: Schema.String,
  /** Whether the same call can succeed later without a change. */
  retryable: Schema.Boolean,
  /** The seconds to wait before the next request, rounded up. */
  retryAfterSeconds: Schema.optionalKey(Schema.Int),
  httpStatus: Schema.optionalKey(Schema.Int),
  /** SailPoint's own code for the error. */
  detailCode: Schema.optionalKey(Schema.String),
  /** The ID that SailPoint's support asks for. */
  trackingId: Schema.optionalKey(Schema.String)
})

/** A failure as JSON. */
export interface Failure extends Schema.Schema.Type<typeof Failure> {}

/** The fields that all errors of this library have, and those that some have. */
interface LibraryError {
  readonly _tag: string
  readonly summary: string
  readonly nextStep: string
  readonly retryable: boolean
  readonly retryAfter?: Duration.Duration | undefined
  readonly httpStatus?: number | undefined
  readonly detailCode?: string | undefined
  readonly trackingId?: string | undefined
}

/** Returns an error of this library as a failure. */
export const fromError = (error: LibraryError): Failure => {
  const { detailCode, httpStatus, nextStep, retryAfter, retryable, trackingId } = error
  return {
    error: error._tag,
    message: error.summary,
    nextStep,
    retryable,
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: Math.ceil(Duration.toSeconds(retryAfter)) }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(detailCode === undefined ? {} : { detailCode }),
    ...(trackingId === undefined ? {} : { trackingId })
  }
}
