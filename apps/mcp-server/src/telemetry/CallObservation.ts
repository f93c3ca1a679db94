/**
 * The span, the measurement and the log line of a tool call, or of a read of the resource. Names follow OpenTelemetry's
 * semantic conventions for MCP (https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/).
 *
 * They contain no argument except a valid source ID, because users also paste other texts.
 */
import {
  PROTOCOL_VERSION_META_KEY,
  type ServerContext,
  TRACEPARENT_META_KEY
} from "@modelcontextprotocol/server"
import * as SourceId from "@sailpoint-bulk-upload/core/SourceId"
import { isTraced, outcome as outcomeOfExit, whereTraced } from "@sailpoint-bulk-upload/core/workspace"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import * as HttpTraceContext from "effect/http/HttpTraceContext"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Tracer from "effect/Tracer"
import { CurrentCaller, fieldsOf, printable } from "./Caller.ts"
import * as JsonRpcText from "../text/JsonRpcText.ts"

/**
 * The duration of calls in seconds, by tool and `outcome`: `ok`, `cancelled`, `defect`, or the tag of the error.
 * Its count is the number of calls. The boundaries are those of the conventions.
 */
const duration = Metric.histogram("mcp.server.operation.duration", {
  description: "Duration of MCP requests, as the server sees them.",
  attributes: { unit: "s" },
  boundaries: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]
})

/** A failure; only its tag is recorded. */
interface Failure {
  readonly _tag: string
}

/** The parts of a request that its observation needs. */
export interface CallContext {
  readonly http?: { readonly req?: Request | undefined } | undefined
  readonly mcpReq: Pick<ServerContext["mcpReq"], "id" | "_meta" | "envelope">
}

const observe = (subject: "tool" | "resource") => (name: string, input: unknown, context: CallContext) => {
  const { http, mcpReq } = context
  const isTool = subject === "tool"
  const method = isTool ? "tools/call" : "resources/read"
  const attributes = {
    "mcp.method.name": method,
    ...(isTool ? { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name } : {}),
    "network.transport": http === undefined ? "pipe" : "tcp"
  }
  const requestId = printable(JsonRpcText.digitsOf(String(mcpReq.id)))
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {}
  const protocolVersion = envelope[PROTOCOL_VERSION_META_KEY]
  const sourceId = hasSourceId(input) ? input.sourceId : undefined

  const report = (exit: Exit.Exit<unknown, Failure>, nanos: bigint) => {
    const outcome = outcomeOf(exit)
    const failed =
      outcome === "ok" || outcome === "cancelled" ? {} : { "error.type": isTool ? "tool_error" : outcome }
    return Effect.withFiber((fiber) =>
      isTraced(fiber)
        ? Effect.annotateCurrentSpan({ [`sailpoint.${subject}.outcome`]: outcome, ...failed })
        : Effect.void
    ).pipe(
      Effect.andThen(
        Metric.update(
          Metric.withAttributes(duration, { ...attributes, ...failed, outcome }),
          Number(nanos) / 1e9
        )
      ),
      Effect.andThen(
        Effect.flatMap(CurrentCaller, (caller) =>
          Effect.annotateLogs(Effect.logInfo(isTool ? "Tool call" : "Resource read"), {
            [subject]: name,
            outcome,
            durationMs: Number(nanos / 1_000_000n),
            requestId,
            ...(sourceId === undefined ? {} : { sourceId }),
            ...fieldsOf(caller)
          })
        )
      )
    )
  }

  return <A, E extends Failure, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.flatMap(Clock.monotonicTimeNanos, (start) =>
      Effect.onExit(call, (exit) =>
        Effect.flatMap(Clock.monotonicTimeNanos, (end) => report(exit, end - start))
      )
    ).pipe(
      whereTraced(isTool ? `${method} ${name}` : method, () => ({
        kind: "server",
        parent: clientSpan(context),
        attributes: {
          ...attributes,
          "jsonrpc.request.id": requestId,
          ...(protocolVersion === undefined ? {} : { "mcp.protocol.version": protocolVersion }),
          ...(sourceId === undefined ? {} : { "sailpoint.source.id": sourceId })
        }
      }))
    )
}

/** Adds the span, measurement and log line of a tool call, without a change of its result. */
export const observed = observe("tool")

/** Like `observed`, for a read of a resource. */
export const observedRead = observe("resource")

const hasSourceId = Schema.is(Schema.Struct({ sourceId: SourceId.SourceId }))

/** For an operator, an interrupted call is one that the assistant canceled or disconnected from. */
const outcomeOf = (exit: Exit.Exit<unknown, Failure>): string => {
  const outcome = outcomeOfExit(exit)
  return outcome === "interrupted" ? "cancelled" : outcome
}

/**
 * Returns the client's span, if the client sends one in the format of W3C Trace Context: in the message, or in a header of
 * its HTTP request. The client decides whether it is sampled.
 */
const clientSpan = ({ http, mcpReq }: CallContext): Tracer.ExternalSpan | undefined => {
  const traceparent = mcpReq._meta?.[TRACEPARENT_META_KEY] ?? http?.req?.headers.get("traceparent")
  return typeof traceparent === "string"
    ? Option.getOrUndefined(HttpTraceContext.w3c(Headers.fromInput({ traceparent })))
    : undefined
}
