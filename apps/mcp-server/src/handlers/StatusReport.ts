import { State } from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import { statusReport } from "@sailpoint-bulk-upload/core/workspace"
import * as Schema from "effect/Schema"

export const StatusReport = Schema.Struct({
  sourceId: Schema.String,
  status: State.annotate({ description: "SailPoint's value; null when it returns none." }),
  settled: Schema.Boolean.annotate({ description: "True when the upload has ended: COMPLETED or ERROR." }),
  meaning: Schema.String,
  nextStep: Schema.String,
  checkedAt: Schema.String.annotate({ description: "ISO 8601, UTC." })
})

const EXPLAIN =
  "Call explain_bulk_upload with this sourceId, with uploadedAt if it is known, and with the first line of the CSV file as csvHeader if you have it."

export const reportOf = (
  ...[result, checkedAt]: Parameters<typeof statusReport>
): typeof StatusReport.Type => {
  const report = statusReport(result, checkedAt)
  return result.status === "ERROR" ? { ...report, nextStep: EXPLAIN } : report
}
