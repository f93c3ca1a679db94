/**
 * The adapter between Effects and MCP: runs a tool's Effect and turns whatever becomes of it (success, typed
 * failure, defect, interruption) into a tool result. Every tool goes through here, so that none can leak an
 * exception to the model or forget a field.
 */
import type { CallToolResult } from "@modelcontextprotocol/server"
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import { endWithConnection } from "./Connection.ts"
import { cutTo } from "../text/TokenEstimate.ts"

/** Said in every result, so that made-up data is never taken for the tenant's. */
export const sandboxNote = {
  sandbox: Schema.optionalKey(
    Schema.Literal(true).annotate({ description: "True: made-up data of a local sandbox." })
  )
}

const always = {
  error: Schema.String,
  message: Schema.String,
  nextStep: Schema.String,
  retryable: Schema.Boolean
}

/** The structured content of a failed call. */
export const Failure = Schema.Struct({
  ...always,
  retryAfterSeconds: Schema.optionalKey(Schema.Int),
  httpStatus: Schema.optionalKey(Schema.Int),
  detailCode: Schema.optionalKey(Schema.String),
  trackingId: Schema.optionalKey(Schema.String),
  ...sandboxNote
})

/**
 * A failure as every tool advertises it: what is always there. The rest explains itself by its name, and would
 * be in the list of tools once for each of them.
 */
export const FailureOutline = Schema.StructWithRest(Schema.Struct(always), [
  Schema.Record(Schema.String, Schema.Unknown)
])

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

/** In tokens; SailPoint's words can be long, and in scripts that have more tokens than characters. */
const MAX_MESSAGE = 600
const MAX_CODE = 60

export const toFailure = (error: ToolError): Failure => {
  const retryAfter = "retryAfter" in error ? error.retryAfter : undefined
  const httpStatus = "httpStatus" in error ? error.httpStatus : undefined
  return {
    error: error._tag,
    message: cutTo(MAX_MESSAGE, error.summary),
    nextStep: error.nextStep,
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

/** The whole of it as structured content and as text: some assistants read only one of the two. */
const result = (structuredContent: Record<string, unknown>, isError: boolean): CallToolResult => ({
  structuredContent,
  content: [{ type: "text", text: JSON.stringify(structuredContent) }],
  ...(isError ? { isError } : {})
})

export interface Adapter<R> {
  /** Runs a tool's Effect until it ends or the client cancels. Never rejects. */
  readonly run: <A extends object>(
    effect: Effect.Effect<A, ToolError, R>,
    request: { readonly signal: AbortSignal }
  ) => Promise<CallToolResult>
  /** Resolves when no call is running. */
  readonly idle: () => Promise<void>
}

export interface Options {
  /** Whether the tenant is a local sandbox, which every result says then. */
  readonly sandbox: boolean
  /** Calls at once; more are told to come again. */
  readonly maxRunning?: number
}

export const makeAdapter = <R>(
  runtime: ManagedRuntime.ManagedRuntime<R, never>,
  options: Options
): Adapter<R> => {
  const running = new Set<Promise<unknown>>()
  const { maxRunning = MAX_RUNNING } = options
  const note = options.sandbox ? { sandbox: true } : {}

  const settle = async <A extends object>(exit: Exit.Exit<A, ToolError>): Promise<CallToolResult> => {
    if (Exit.isSuccess(exit)) return result({ ...exit.value, ...note }, false)
    const [reason] = exit.cause.reasons
    if (reason?._tag === "Fail") return result({ ...toFailure(reason.error), ...note }, true)
    if (Cause.hasInterruptsOnly(exit.cause)) return result({ ...CANCELLED, ...note }, true)
    return result({ ...(await reportDefect(runtime, exit.cause)), ...note }, true)
  }

  return {
    run: (effect, { signal }) => {
      if (running.size >= maxRunning)
        return Promise.resolve(result({ ...tooMany(maxRunning), ...note }, true))
      const call = runtime
        .runPromiseExit(effect, { signal, onFiberStart: endWithConnection })
        .then(settle)
        .catch((error: unknown) => result({ ...lastResort(error), ...note }, true))
      running.add(call)
      return call.finally(() => running.delete(call))
    },
    idle: async () => {
      while (running.size > 0) await Promise.allSettled(running)
    }
  }
}

/**
 * Calls at once. Every one of them ends in time, so an assistant that sends as many is told to wait, instead of the
 * process growing with what it sends.
 */
export const MAX_RUNNING = 2_000

const tooMany = (maxRunning: number): Failure => ({
  error: "TooManyCalls",
  message: `${maxRunning} calls are running, which is as many as are served at once.`,
  nextStep: "Call again when some of them have been answered.",
  retryable: true
})

const CANCELLED: Failure = {
  error: "Cancelled",
  message: "The call was cancelled before it ended.",
  nextStep: "Call again if the answer is still wanted.",
  retryable: true
}

const internalError = (id: string): Failure => ({
  error: "InternalError",
  message: `Something unexpected went wrong in this server (correlation id ${id}).`,
  nextStep: "Try once more; if it happens again, report it with the correlation id and the server's log.",
  retryable: true
})

/** The runtime itself does not work, so its log does not either. */
const lastResort = (error: unknown): Failure => {
  const id = crypto.randomUUID()
  process.stderr.write(`A tool call failed unexpectedly (correlation id ${id}): ${inspect(error)}\n`)
  return internalError(id)
}

/** A mistake in this program: the model gets a fixed text and an id, the log what really happened. */
const reportDefect = async <R>(
  runtime: ManagedRuntime.ManagedRuntime<R, never>,
  cause: Cause.Cause<unknown>
): Promise<Failure> => {
  const id = crypto.randomUUID()
  await runtime.runPromise(
    Effect.annotateLogs(Effect.logError("A tool call failed unexpectedly", cause), { correlationId: id })
  )
  return internalError(id)
}
