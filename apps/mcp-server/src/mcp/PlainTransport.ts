import type { Transport } from "@modelcontextprotocol/server"
import type { CallContext } from "../telemetry/CallObservation.ts"
import * as PlainErrors from "./PlainErrors.ts"

export interface Options {
  readonly tools: ReadonlySet<string>
  /** Reports a call to a tool that does not exist. The SDK refuses the call before this server's code runs. */
  readonly onUnknownTool: (call: CallContext) => void
}

/**
 * Changes and returns a transport that is not connected to a server yet: errors are sent as plain text, and calls to unknown
 * tools are reported.
 */
export const plain = (transport: Transport, { onUnknownTool, tools }: Options): Transport => {
  const send = transport.send.bind(transport)
  const changes: Pick<Transport, "send" | "onmessage"> = {
    send: (message, options) => send(PlainErrors.plain(message), options),
    // The SDK calls an existing listener before its own.
    onmessage: (message, extra) => {
      if (!("method" in message && "id" in message && message.method === "tools/call")) return
      const { _meta: meta = {}, name } = message.params ?? {}
      if (typeof name !== "string" || tools.has(name)) return
      onUnknownTool({
        mcpReq: { id: message.id, _meta: meta, envelope: meta },
        http: extra?.request && { req: extra.request }
      })
    }
  }
  return Object.assign(transport, changes)
}
