import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Integer, sandboxNote } from "../mcp/Failure.ts"
import * as ReadOnlyTool from "../mcp/ReadOnlyTool.ts"
import { StatusReport } from "../handlers/StatusReport.ts"
import { readUploadedAt, SourceIdArgument, UploadedAtArgument } from "./arguments.ts"

const DEFAULT_SECONDS = 45

const Input = Schema.Struct({
  sourceId: SourceIdArgument,
  uploadedAt: UploadedAtArgument,
  timeoutSeconds: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 270 })).annotate({
      description:
        "How long to wait, in seconds: 1 to 270, 45 if left out. Many assistants cancel a call after 60."
    })
  )
})

const Output = Schema.Struct({
  ...StatusReport.fields,
  timedOut: Schema.Boolean.annotate({ description: "True when the timeout passed before the upload ended." }),
  waitedSeconds: Schema.Finite,
  checks: Integer,
  ...sandboxNote
})

export const WaitForBulkUpload = ReadOnlyTool.make({
  name: "wait_for_bulk_upload",
  title: "Wait for bulk upload",
  description:
    "Wait until the newest bulk upload (CSV of non-employees, such as contractors) on a SailPoint source has ended, or until timeoutSeconds have passed. Use it when someone wants to know when an upload is done; for its status right now use get_bulk_upload_status; on ERROR, call explain_bulk_upload. If only the source's name is known, call list_non_employee_sources first. A result with timedOut true is normal: call again with the same arguments to continue waiting. Right after an upload, and without uploadedAt, it can end at once with the status of the previous upload. It only reads.",
  input: Input,
  output: Output,
  run: ({ waitForBulkUpload }, { sourceId, timeoutSeconds = DEFAULT_SECONDS, uploadedAt }, request) =>
    Effect.flatMap(readUploadedAt(uploadedAt), (since) =>
      waitForBulkUpload({ sourceId, since, timeoutSeconds }, request)
    )
})
