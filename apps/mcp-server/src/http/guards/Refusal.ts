/**
 * The refusal of a request: an HTTP status, and a JSON-RPC error with the reason, for MCP clients.
 */
import type { ServerResponse } from "node:http"

/** The range that JSON-RPC leaves to servers. */
const REFUSED = -32_000

/** The reason of a refusal, in the log and the metric. */
export type Reason =
  | "accept"
  | "callerRate"
  | "callerRunning"
  | "contentType"
  | "defect"
  | "host"
  | "issuer"
  | "json"
  | "method"
  | "origin"
  | "path"
  | "protocol"
  | "running"
  | "scope"
  | "size"
  | "stopping"
  | "token"

export class Refusal extends Response {
  readonly reason: Reason
  constructor(reason: Reason, body: BodyInit | null, init: ResponseInit) {
    super(body, init)
    this.reason = reason
  }
}

export const refuse = (
  reason: Reason,
  status: number,
  message: string,
  headers: Record<string, string> = {},
  code = REFUSED
): Refusal =>
  new Refusal(reason, JSON.stringify({ jsonrpc: "2.0", error: { code, message }, id: null }), {
    status,
    headers: { "content-type": "application/json", ...headers }
  })

/** Sends a small, complete answer. */
export const write = async (to: ServerResponse, answer: Response): Promise<void> => {
  to.writeHead(answer.status, Object.fromEntries(answer.headers))
  to.end(Buffer.from(await answer.arrayBuffer()))
}
