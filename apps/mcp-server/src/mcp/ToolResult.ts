/**
 * The adapter between Effects and MCP: runs a tool's Effect and turns its outcome (success, typed failure, defect,
 * interruption) into a tool result. Every tool uses it, so that none can leak an exception to the model or omit a field.
 */
import type { CallToolResult } from "@modelcontextprotocol/server"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { inspect } from "node:util"
import { Shutdown } from "../process/Shutdown.ts"
import { CurrentCaller } from "../telemetry/Caller.ts"
import { caller, endWithConnection } from "./Connection.ts"
import { type Failure, toFailure, type ToolError } from "./Failure.ts"

/** Returns the result as structured content and as text, because some assistants read only one of the two. */
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
  /** Lets running and later waits return their last status at once. */
  readonly beginShutdown: () => void
  /** Interrupts running calls, which are answered as canceled. */
  readonly interrupt: () => void
  /** The failure of every call, if none can run. */
  readonly refusal?: Failure
}

/** Returns an adapter in which every call fails with that failure. */
export const makeRefusing = <R>(refusal: Failure): Adapter<R> => ({
  run: () => Promise.resolve(result({ ...refusal }, true)),
  idle: () => Promise.resolve(),
  beginShutdown: () => undefined,
  interrupt: () => undefined,
  refusal
})

export interface Options {
  /** Whether the tenant is a local sandbox, which every result then mentions. */
  readonly sandbox: boolean
  /** The limit of concurrent calls; more are refused. */
  readonly maxRunning?: number
}

export const makeAdapter = <R>(
  runtime: ManagedRuntime.ManagedRuntime<R, never>,
  { maxRunning = MAX_RUNNING, sandbox }: Options
): Adapter<R> => {
  const running = new Map<Promise<unknown>, Fiber.Fiber<unknown, unknown>>()
  const shutdown = Latch.makeUnsafe()
  const note = sandbox ? { sandbox } : {}
  const failed = (failure: Failure) => result({ ...failure, ...note }, true)

  const settle = async <A extends object>(exit: Exit.Exit<A, ToolError>): Promise<CallToolResult> => {
    if (Exit.isSuccess(exit)) return result({ ...exit.value, ...note }, false)
    const [reason] = exit.cause.reasons
    if (reason?._tag === "Fail") return failed(toFailure(reason.error))
    return failed(Cause.hasInterruptsOnly(exit.cause) ? CANCELED : await reportDefect(runtime, exit.cause))
  }

  return {
    run: (effect, { signal }) => {
      if (running.size >= maxRunning) return Promise.resolve(failed(tooMany(maxRunning)))
      const fiber = effect.pipe(
        Effect.provideService(Shutdown, shutdown),
        Effect.provideService(CurrentCaller, caller()),
        (provided) => runtime.runFork(provided, { signal })
      )
      endWithConnection(fiber)
      const call = Effect.runPromise(Fiber.await(fiber))
        .then(settle)
        .catch((error: unknown) => failed(lastResort(error)))
      running.set(call, fiber)
      return call.finally(() => running.delete(call))
    },
    idle: async () => {
      while (running.size > 0) await Promise.allSettled(running.keys())
    },
    beginShutdown: () => void shutdown.openUnsafe(),
    interrupt: () => {
      for (const fiber of running.values()) fiber.interruptUnsafe()
    }
  }
}

/** The limit of concurrent calls, which bounds the memory of the process. Every call ends in time, so a wait helps. */
export const MAX_RUNNING = 2_000

const tooMany = (maxRunning: number): Failure => ({
  error: "TooManyCalls",
  message: `The server already runs ${maxRunning} calls, which is its limit.`,
  nextStep: "Call again when some of them have been answered.",
  retryable: true
})

const CANCELED: Failure = {
  error: "Cancelled",
  message: "The call was canceled before it ended.",
  nextStep: "Call again if the answer is still needed.",
  retryable: true
}

const internalError = (id: string): Failure => ({
  error: "InternalError",
  message: `Something unexpected went wrong in this server (correlation ID ${id}).`,
  nextStep: "Try once more. If the problem persists, report it with the correlation ID and the server's log.",
  retryable: true
})

/** Reports a failure of the runtime itself, whose log can thus not be used. */
const lastResort = (error: unknown): Failure => {
  const id = crypto.randomUUID()
  process.stderr.write(`A tool call failed unexpectedly (correlation ID ${id}): ${inspect(error)}\n`)
  return internalError(id)
}

/** Logs the cause of a bug. The model gets only a fixed text with the ID of the log line. */
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
