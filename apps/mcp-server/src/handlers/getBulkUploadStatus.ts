import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Effect from "effect/Effect"
import { reportOf, type StatusReport } from "./StatusReport.ts"
import { answeredInTime } from "./answeredInTime.ts"

/** Answers the tool `get_bulk_upload_status` and the resource of a status. */
export const getBulkUploadStatus = (
  sourceId: string
): Effect.Effect<typeof StatusReport.Type, BulkUploadError, BulkUploads.BulkUploads> =>
  BulkUploads.BulkUploads.pipe(
    Effect.flatMap((uploads) => uploads.check(sourceId)),
    Effect.map((check) => reportOf(check, check.checkedAt)),
    answeredInTime({ operation: "status", sourceId })
  )
