/**
 * What a failed call returns, whatever it failed with.
 */
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import type { Problem } from "@sailpoint-bulk-upload/core/Settings"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { cutTo } from "../text/TokenEstimate.ts"

/** Said in every result, so that made-up data is never taken for the tenant's. */
export const sandboxNote = {
  sandbox: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "True: made-up data of a local sandbox." })
  )
}

/** A whole number, without the bounds that Effect's `Int` advertises: they tell a model nothing. */
export const Integer = Schema.Number.check(Schema.isInt({ toJsonSchema: () => ({ type: "integer" }) }))

/** The structured content of a failed call. */
export const Failure = Schema.Struct({
  error: Schema.String,
  message: Schema.String,
  nextStep: Schema.String,
  retryable: Schema.Boolean,
  retryAfterSeconds: Schema.optionalKey(Integer),
  httpStatus: Schema.optionalKey(Integer),
  detailCode: Schema.optionalKey(Schema.String),
  trackingId: Schema.optionalKey(Schema.String),
  ...sandboxNote
})

export type Failure = typeof Failure.Type

/** The arguments of a call do not fit the tool's schema. */
export class InvalidArguments extends Data.TaggedError("InvalidArguments")<{
  readonly problems: ReadonlyArray<string>
}> {
  readonly retryable = false
  readonly nextStep = "Correct the arguments and call again."
  get summary(): string {
    return `The arguments do not fit the tool: ${this.problems.join("; ")}.`
  }
}

/** What a tool can fail with. */
export type ToolError = BulkUploadError | InvalidArguments

/** In tokens; texts of SailPoint can be long, and in scripts that have more tokens than characters. */
const MAX_MESSAGE = 600
const MAX_CODE = 60

const FIND_ID =
  "Call list_non_employee_sources and pass the sourceId of the source that is meant: 32 hexadecimal digits, or a UUID with dashes."

export const toFailure = (error: ToolError): Failure => {
  const retryAfter = "retryAfter" in error ? error.retryAfter : undefined
  const httpStatus = "httpStatus" in error ? error.httpStatus : undefined
  return {
    error: error._tag,
    message: cutTo(MAX_MESSAGE, error.summary),
    nextStep: error._tag === "InvalidSourceId" ? FIND_ID : error.nextStep,
    retryable: error.retryable,
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: Math.ceil(Duration.toSeconds(retryAfter)) }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...("detailCode" in error && error.detailCode !== undefined
      ? { detailCode: cutTo(MAX_CODE, error.detailCode) }
      : {}),
    ...("trackingId" in error && error.trackingId !== undefined
      ? { trackingId: cutTo(MAX_CODE, error.trackingId) }
      : {})
  }
}

/** What every call returns if the settings are missing or unusable: no assistant shows standard error. */
export const notConfigured = (problems: ReadonlyArray<Problem>): Failure => ({
  error: "NotConfigured",
  message: cutTo(
    MAX_MESSAGE,
    `This server is not configured, so it cannot ask SailPoint. ${problems.map(({ problem }) => problem).join(" ")}`
  ),
  nextStep: `Have the user correct the environment variables where the assistant starts this server, and restart it. ${problems
    .map(({ fix, variable }) => `${variable}: ${fix}`)
    .join(" ")}`,
  retryable: false
})
