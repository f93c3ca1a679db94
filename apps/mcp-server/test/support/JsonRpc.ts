/** The JSON-RPC messages of an assistant. */
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  PROTOCOL_VERSION_META_KEY
} from "@modelcontextprotocol/client"

export const TOOL = "get_bulk_upload_status"

export const LEGACY_VERSION = "2025-11-25"
export const MODERN_VERSION = "2026-07-28"

const clientInfo = { name: "test", version: "1.0.0" }

/** The fields of results that the tests check. */
export interface Result {
  readonly resultType?: string
  readonly protocolVersion?: string
  readonly instructions?: string
  readonly serverInfo?: object
  readonly supportedVersions?: ReadonlyArray<string>
  readonly tools?: ReadonlyArray<{ readonly name: string }>
  readonly isError?: boolean
  readonly structuredContent?: Readonly<Record<string, unknown>>
}

/** A message of the server. */
export interface Message {
  readonly jsonrpc: string
  readonly id?: number | string | null
  readonly method?: string
  readonly result?: Result
  readonly error?: { readonly code: number; readonly message: string }
}

export const initialize = (id: number) => ({
  jsonrpc: "2.0",
  id,
  method: "initialize",
  params: { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo }
})

export const initialized = { jsonrpc: "2.0", method: "notifications/initialized" }

export const discover = (id: number) => ({
  jsonrpc: "2.0",
  id,
  method: "server/discover",
  params: {
    _meta: {
      [PROTOCOL_VERSION_META_KEY]: MODERN_VERSION,
      [CLIENT_INFO_META_KEY]: clientInfo,
      [CLIENT_CAPABILITIES_META_KEY]: {}
    }
  }
})

export const ping = (id: number) => ({ jsonrpc: "2.0", id, method: "ping" })

export const listTools = (id: number) => ({ jsonrpc: "2.0", id, method: "tools/list", params: {} })

export const callTool = (id: number, name: string, args: Readonly<Record<string, unknown>>) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name, arguments: args }
})

export const callStatus = (id: number, sourceId: string) => callTool(id, TOOL, { sourceId })

export const readStatus = (id: number, sourceId: string) => ({
  jsonrpc: "2.0",
  id,
  method: "resources/read",
  params: { uri: `sailpoint://non-employee-sources/${sourceId}/bulk-upload-status` }
})

export const completeSource = (id: number, value: string) => ({
  jsonrpc: "2.0",
  id,
  method: "completion/complete",
  params: { ref: { type: "ref/prompt", name: "did_my_upload_work" }, argument: { name: "source", value } }
})

/** The same call with this `_meta`. */
export const withMeta = (call: ReturnType<typeof callTool>, meta: Readonly<Record<string, unknown>>) => ({
  ...call,
  params: { ...call.params, _meta: meta }
})

/** The same call in the newest protocol, which names its version in every request. */
export const modern = (call: ReturnType<typeof callTool>) => withMeta(call, discover(0).params._meta)

export const cancelled = (requestId: number) => ({
  jsonrpc: "2.0",
  method: "notifications/cancelled",
  params: { requestId, reason: "The user pressed stop." }
})
