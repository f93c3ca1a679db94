/**
 * A failure as a protocol error, for what is not a tool and so has no `isError` result.
 */
import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server"
import type { Failure } from "./Failure.ts"

/** What is wrong with the URI, and not with the world: MCP has no code of its own for a resource that is not there. */
const OF_THE_URI: ReadonlySet<string> = new Set(["InvalidSourceId", "NotFound"])

export const toProtocolError = (failure: Failure): ProtocolError =>
  new ProtocolError(
    OF_THE_URI.has(failure.error) ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError,
    `${failure.message} ${failure.nextStep}`,
    failure
  )
