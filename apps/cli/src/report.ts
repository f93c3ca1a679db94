/**
 * A status as one JSON document, with the same fields as the MCP tools.
 */
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import * as DateTime from "effect/DateTime"

export const report = ({
  checkedAt,
  sourceId,
  status
}: BulkUploadStatus.BulkUploadStatus & { readonly checkedAt: DateTime.Utc }) => ({
  sourceId,
  status,
  settled: BulkUploadStatus.isSettled(status),
  meaning: BulkUploadStatus.meaning(status),
  nextStep: BulkUploadStatus.nextStep(status),
  checkedAt: DateTime.formatIso(checkedAt)
})
