import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Effect from "effect/Effect"
import { reportOf } from "./StatusReport.ts"
import { answeredInTime } from "./answeredInTime.ts"

/** Answers the tool `get_bulk_upload_status` and the resource of a status. */
export const getBulkUploadStatus = (sourceId: string) =>
  Effect.flatMap(BulkUploads, (uploads) => uploads.check(sourceId)).pipe(
    Effect.map((check) => reportOf(check, check.checkedAt)),
    answeredInTime({ operation: "status", sourceId })
  )
