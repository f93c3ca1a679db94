/**
 * A status in a tool's result, with its meaning and the next step.
 */
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import * as Schema from "effect/Schema"

export const StatusReport = Schema.Struct({
  sourceId: Schema.String,
  status: BulkUploadStatus.State.annotate({ description: "SailPoint's value; null when it returns none." }),
  settled: Schema.Boolean.annotate({ description: "True when it has ended: COMPLETED or ERROR." }),
  meaning: Schema.String,
  nextStep: Schema.String,
  checkedAt: Schema.String.annotate({ description: "ISO 8601, UTC." })
})

const EXPLAIN =
  "Call explain_bulk_upload with this sourceId, with uploadedAt if it is known, and with the first line of the CSV file as csvHeader if you have it."

export const reportOf = (
  { sourceId, status }: { readonly sourceId: string; readonly status: BulkUploadStatus.State },
  checkedAt: string
): typeof StatusReport.Type => ({
  sourceId,
  status,
  settled: BulkUploadStatus.isSettled(status),
  meaning: BulkUploadStatus.meaning(status),
  nextStep: status === "ERROR" ? EXPLAIN : BulkUploadStatus.nextStep(status),
  checkedAt
})
