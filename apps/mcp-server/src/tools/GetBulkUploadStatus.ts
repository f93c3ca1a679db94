import * as Schema from "effect/Schema"
import * as ReadOnlyTool from "../mcp/ReadOnlyTool.ts"
import { StatusReport } from "../handlers/StatusReport.ts"
import { sandboxNote } from "../mcp/Failure.ts"
import { SourceIdArgument } from "./arguments.ts"

const Input = Schema.Struct({ sourceId: SourceIdArgument })
const Output = Schema.Struct({ ...StatusReport.fields, ...sandboxNote })

export const GetBulkUploadStatus = ReadOnlyTool.make({
  name: "get_bulk_upload_status",
  title: "Get bulk upload status",
  description:
    "Get the status of the newest bulk upload (CSV of non-employees, such as contractors) on a SailPoint Identity Security Cloud source: PENDING, IN_PROGRESS, COMPLETED, ERROR or null. Use it when someone asks whether an upload has worked, failed or still runs. If only the source's name is known, call list_non_employee_sources first; to wait for the end, call wait_for_bulk_upload after it; on ERROR, call explain_bulk_upload. It requests the status once and changes nothing. Right after an upload the status can still belong to the previous upload.",
  input: Input,
  output: Output,
  run: ({ getBulkUploadStatus }, { sourceId }) => getBulkUploadStatus(sourceId)
})
