/**
 * A hand-written server: one tool on the same SDK, arguments checked with zod, and a bare fetch as the call. It has no
 * retries, rate limit, token renewal, deadline or telemetry.
 */
import { McpServer } from "@modelcontextprotocol/server"
import * as z from "zod"

const baseUrl = process.env["SAIL_BASE_URL"]
const token = process.env["SAIL_ACCESS_TOKEN"]

export const makeServer = (): McpServer => {
  const server = new McpServer({ name: "by-hand", version: "1.0.0" })
  server.registerTool(
    "get_bulk_upload_status",
    {
      description: "Get the status of the newest bulk upload on a SailPoint source.",
      inputSchema: z.object({ sourceId: z.string().regex(/^[0-9a-f]{32}$/u) }),
      outputSchema: z.object({ sourceId: z.string(), status: z.string().nullable() })
    },
    async ({ sourceId }) => {
      const response = await fetch(
        `${baseUrl}/v2024/non-employee-sources/${sourceId}/non-employee-bulk-upload/status`,
        { headers: { authorization: `Bearer ${token}`, accept: "application/json" } }
      )
      if (!response.ok) throw new Error(`SailPoint answered ${response.status}`)
      const { status } = z.object({ status: z.string().nullable() }).parse(await response.json())
      const structuredContent = { sourceId, status }
      return { content: [{ type: "text", text: JSON.stringify(structuredContent) }], structuredContent }
    }
  )
  return server
}
