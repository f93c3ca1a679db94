/**
 * The messages of an assistant, as they go over the pipe.
 */
export const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1.0.0" }
  }
}

export const initialized = { jsonrpc: "2.0", method: "notifications/initialized" }

export const callStatus = (id: number, sourceId: string) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params: { name: "get_bulk_upload_status", arguments: { sourceId } }
})
