import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server"
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as CoreFailure from "@sailpoint-bulk-upload/core/Failure"
import { nameVariables, type Problem } from "@sailpoint-bulk-upload/core/Settings"
import * as Data from "effect/Data"
import * as Schema from "effect/Schema"
import { cutTo } from "../text/TokenEstimate.ts"

/** In every result of a sandbox, so that made-up data is not mistaken for the tenant's. */
export const sandboxNote = {
  sandbox: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "True: made-up data of a local sandbox." })
  )
}

/** A whole number, without the bounds that Effect's `Int` advertises, which mean nothing to a model. */
export const Integer = Schema.Number.check(Schema.isInt({ toJsonSchema: () => ({ type: "integer" }) }))

/** The structured content of a failed call. */
export const Failure = Schema.Struct({
  ...CoreFailure.Failure.fields,
  retryAfterSeconds: Schema.optionalKey(Integer),
  httpStatus: Schema.optionalKey(Integer),
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

/** The failures of a tool. */
export type ToolError = BulkUploadError | InvalidArguments

/** In tokens: SailPoint's texts can be long, and some scripts have more tokens than characters. */
const MAX_MESSAGE = 600
const MAX_CODE = 60

const FIND_ID =
  "Call list_non_employee_sources and pass the sourceId of the source that is meant: 32 hexadecimal digits, or a UUID with dashes."

export const toFailure = (error: ToolError): Failure => {
  const failure = CoreFailure.fromError(error)
  const { detailCode, message, nextStep, trackingId } = failure
  return {
    ...failure,
    message: cutTo(MAX_MESSAGE, message),
    nextStep: error._tag === "InvalidSourceId" ? FIND_ID : nameVariables(nextStep),
    ...(detailCode === undefined ? {} : { detailCode: cutTo(MAX_CODE, detailCode) }),
    ...(trackingId === undefined ? {} : { trackingId: cutTo(MAX_CODE, trackingId) })
  }
}

/** Returns the failure of every call if the settings are missing or unusable, because no assistant shows standard error. */
export const notConfigured = (problems: ReadonlyArray<Problem>): Failure => ({
  error: "NotConfigured",
  message: cutTo(
    MAX_MESSAGE,
    `This server is not configured, so it cannot call SailPoint. ${problems.map(({ problem }) => problem).join(" ")}`
  ),
  nextStep: `Have the user correct the environment variables where the assistant starts this server, and restart it. ${problems
    .map(({ fix, variable }) => `${variable}: ${fix}`)
    .join(" ")}`,
  retryable: false
})

/** Failures that the URI causes. MCP requires the code of invalid params for a missing resource, too. */
const OF_URI: ReadonlySet<string> = new Set(["InvalidSourceId", "NotFound"])

/** Returns a failure as a protocol error, for resources and prompts, which have no `isError` result. */
export const toProtocolError = (failure: Failure): ProtocolError =>
  new ProtocolError(
    OF_URI.has(failure.error) ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError,
    `${failure.message} ${failure.nextStep}`,
    failure
  )
