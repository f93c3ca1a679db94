/**
 * The tool `get_bulk_upload_status`: one status, now.
 */
import type { McpServer } from "@modelcontextprotocol/server"
import { type BulkUploads, getBulkUploadStatus } from "@sailpoint-bulk-upload/core/BulkUploads"
import { type BulkUploadError, RequestTimeout } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type Adapter, Failure, sandboxNote } from "../ToolResult.ts"
import { toolSchema } from "../ToolSchema.ts"

/** Assistants hang up at about 60 s; this is well before. */
const ANSWER_WITHIN = Duration.seconds(45)

/**
 * Any text, so that one that is no id is answered by the tool, with what to do about it, and not by a
 * schema's complaint.
 */
const Input = Schema.Struct({
  sourceId: Schema.String.annotate({
    description:
      "Id of the non-employee source: 32 hexadecimal digits, or a UUID with dashes. Pass it exactly as given."
  })
})

const Output = Schema.Struct({
  sourceId: Schema.String,
  status: BulkUploadStatus.State.annotate({ description: "SailPoint's word; null when it gives none." }),
  settled: Schema.Boolean.annotate({ description: "True once the job has ended: COMPLETED or ERROR." }),
  meaning: Schema.String.annotate({ description: "The status in plain words." }),
  nextStep: Schema.String.annotate({ description: "What can be done now." }),
  checkedAt: Schema.String.annotate({ description: "When SailPoint was asked, ISO 8601, UTC." }),
  ...sandboxNote
})

const checkStatus = (sourceId: string): Effect.Effect<typeof Output.Type, BulkUploadError, BulkUploads> =>
  Effect.gen(function* () {
    const checkedAt = DateTime.formatIso(yield* DateTime.now)
    const { status } = yield* getBulkUploadStatus(sourceId)
    return {
      sourceId,
      status,
      settled: BulkUploadStatus.isSettled(status),
      meaning: BulkUploadStatus.meaning(status),
      nextStep: BulkUploadStatus.nextStep(status),
      checkedAt
    }
  }).pipe(
    Effect.timeoutOrElse({
      duration: ANSWER_WITHIN,
      orElse: () => Effect.fail(new RequestTimeout({ sourceId, after: ANSWER_WITHIN }))
    })
  )

export const register = (server: McpServer, adapter: Adapter<BulkUploads>): void => {
  server.registerTool(
    "get_bulk_upload_status",
    {
      title: "Get bulk upload status",
      description:
        "Get the status of the newest non-employee (contractor) bulk CSV upload on a SailPoint Identity Security Cloud source: PENDING, IN_PROGRESS, COMPLETED, ERROR or null. Use it when someone asks whether an upload of contractors has finished, failed or is still running. It asks SailPoint once and changes nothing. Right after an upload the status can still be that of the upload before.",
      inputSchema: toolSchema(Input),
      outputSchema: toolSchema(Schema.Union([Output, Failure])),
      annotations: {
        title: "Get bulk upload status",
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: true
      }
    },
    ({ sourceId }, { mcpReq }) => adapter.run(checkStatus(sourceId), mcpReq)
  )
}
