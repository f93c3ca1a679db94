/**
 * The resource template of a source's status: the result of `get_bulk_upload_status`, for assistants in which a user can
 * attach it to the conversation.
 */
import { type McpServer, ResourceTemplate } from "@modelcontextprotocol/server"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as LazyHandlers from "../handlers/lazyHandlers.ts"
import type { Services } from "../handlers/Runtime.ts"
import { completeSource } from "../mcp/completeSource.ts"
import { Failure, toProtocolError } from "../mcp/Failure.ts"
import type { Adapter } from "../mcp/ToolResult.ts"
import { trimInvisible } from "../text/trimInvisible.ts"

const NAME = "bulk_upload_status"
const URI_TEMPLATE = "sailpoint://non-employee-sources/{sourceId}/bulk-upload-status"
const JSON_TYPE = "application/json"

/** Decodes a variable of the URI, which the SDK passes undecoded. */
const decoded = (variable: string): string =>
  Result.getOrElse(
    Result.try(() => decodeURIComponent(variable)),
    () => variable
  )

export const make = (adapter: Adapter<Services>): ((server: McpServer) => void) => {
  const template = new ResourceTemplate(URI_TEMPLATE, {
    // Every assistant would request a list at its start; completions name the sources instead.
    list: undefined,
    complete: { sourceId: completeSource(adapter, ({ sourceId }) => sourceId) }
  })
  return (server) => {
    server.registerResource(
      NAME,
      template,
      {
        title: "Bulk upload status",
        description:
          "Status of the newest non-employee bulk upload on a SailPoint source, as get_bulk_upload_status returns it. Every read requests it again.",
        mimeType: JSON_TYPE
      },
      async ({ href }, variables, context) => {
        const { mcpReq } = context
        const input = { sourceId: trimInvisible(decoded(String(variables["sourceId"]))) }
        const read = LazyHandlers.answeredBy(({ getBulkUploadStatus, ToolCall }) =>
          getBulkUploadStatus(input.sourceId).pipe(ToolCall.observedRead(NAME, input, context))
        )
        const { isError, structuredContent } = await adapter.run(read, mcpReq)
        if (isError === true) throw toProtocolError(decodeFailure(structuredContent))
        return { contents: [{ uri: href, mimeType: JSON_TYPE, text: JSON.stringify(structuredContent) }] }
      }
    )
  }
}

const decodeFailure = Schema.decodeUnknownSync(Failure)
