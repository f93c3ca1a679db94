import * as DateTime from "effect/DateTime"
import * as BulkUploadStatus from "../BulkUploadStatus.ts"

/** Returns a status as JSON, with the fields that the tools, the command and an explanation share. */
export const statusReport = <Id extends string>(
  { sourceId, status }: { readonly sourceId: Id; readonly status: BulkUploadStatus.State },
  checkedAt: DateTime.Utc
) => ({
  sourceId,
  status,
  settled: BulkUploadStatus.isSettled(status),
  meaning: BulkUploadStatus.meaning(status),
  nextStep: BulkUploadStatus.nextStep(status),
  checkedAt: DateTime.formatIso(checkedAt)
})
