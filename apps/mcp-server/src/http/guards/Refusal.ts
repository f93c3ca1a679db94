/**
 * A request that is not served: a status, and a JSON-RPC error that says why, as MCP clients read it.
 */
import type { ServerResponse } from "node:http"

/** The range that JSON-RPC leaves to servers. */
const REFUSED = -32_000

export const refuse = (
  status: number,
  message: string,
  headers: Record<string, string> = {},
  code = REFUSED
): Response => Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status, headers })

/** Sends an answer that is complete, and small. */
export const write = async (to: ServerResponse, answer: Response): Promise<void> => {
  to.writeHead(answer.status, Object.fromEntries(answer.headers))
  to.end(Buffer.from(await answer.arrayBuffer()))
}
