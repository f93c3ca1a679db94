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
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

/**
 * A failure as JSON.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Failure = Schema.Struct({
  /** The error's tag. */
  error: Schema.String,
  /** What happened. */
  message: Schema.String,
  /** What to do about it. */
  nextStep: Schema.String,
  /** Whether the same call can succeed later although nothing is changed. */
  retryable: Schema.Boolean,
  /** How long SailPoint asked to wait, rounded up. */
  retryAfterSeconds: Schema.optionalKey(Schema.Int),
  httpStatus: Schema.optionalKey(Schema.Int),
  /** SailPoint's own code for the error. */
  detailCode: Schema.optionalKey(Schema.String),
  /** The ID that SailPoint's support asks for. */
  trackingId: Schema.optionalKey(Schema.String)
})

/**
 * A failure as JSON.
 *
 * @category models
 * @since 0.1.0
 */
export interface Failure extends Schema.Schema.Type<typeof Failure> {}

/**
 * What the errors of this library have in common, and what some of them carry.
 *
 * @category models
 * @since 0.1.0
 */
export interface Explained {
  readonly _tag: string
  readonly summary: string
  readonly nextStep: string
  readonly retryable: boolean
  readonly retryAfter?: Duration.Duration | undefined
  readonly httpStatus?: number | undefined
  readonly detailCode?: string | undefined
  readonly trackingId?: string | undefined
}

/**
 * Returns an error as a failure.
 *
 * @example
 * ```ts
 * import { BulkUploadError, Failure } from "@sailpoint-bulk-upload/core"
 *
 * const { error, retryable } = Failure.fromError(new BulkUploadError.RateLimited({})) // "RateLimited", true
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromError = ({
  _tag,
  detailCode,
  httpStatus,
  nextStep,
  retryAfter,
  retryable,
  summary,
  trackingId
}: Explained): Failure => ({
  error: _tag,
  message: summary,
  nextStep,
  retryable,
  ...(retryAfter === undefined ? {} : { retryAfterSeconds: Math.ceil(Duration.toSeconds(retryAfter)) }),
  ...(httpStatus === undefined ? {} : { httpStatus }),
  ...(detailCode === undefined ? {} : { detailCode }),
  ...(trackingId === undefined ? {} : { trackingId })
})
