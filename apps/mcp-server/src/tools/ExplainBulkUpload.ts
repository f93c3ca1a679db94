import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { StatusReport } from "../handlers/StatusReport.ts"
import { sandboxNote } from "../mcp/Failure.ts"
import * as ReadOnlyTool from "../mcp/ReadOnlyTool.ts"
import { readUploadedAt, SourceIdArgument, UploadedAtArgument } from "./arguments.ts"

const Input = Schema.Struct({
  sourceId: SourceIdArgument,
  uploadedAt: UploadedAtArgument,
  csvHeader: Schema.optionalKey(
    Schema.String.annotate({
      description: "The first line of the CSV file, exactly. Never other lines: they contain personal data."
    })
  )
})

/** Parts stay untyped, because their types would cost tokens in every conversation. */
const Part = Schema.Record(Schema.String, Schema.Unknown)

const Output = Schema.Struct({
  ...StatusReport.fields,
  records: Schema.optionalKey(Part.annotate({ description: "Records visible to the token." })),
  columns: Schema.optionalKey(
    Part.annotate({
      description: "Without csvHeader, no header was checked: missing, unknown and problems are empty."
    })
  ),
  events: Part.annotate({
    description: "Imports. Only items with certainty named or tracked belong to this source."
  }),
  unavailable: Schema.Array(Part),
  checks: Schema.Array(Schema.String).annotate({ description: "The most likely first." }),
  ...sandboxNote
})

export const ExplainBulkUpload = ReadOnlyTool.make({
  name: "explain_bulk_upload",
  title: "Explain bulk upload",
  description:
    "Explain the newest bulk upload on a SailPoint source: whether records landed, which columns its files need, faults in the file's header, audit events if switched on, and what to check. Use it after get_bulk_upload_status or wait_for_bulk_upload returned ERROR, or when people are missing after COMPLETED; the sourceId comes from list_non_employee_sources. It never knows which rows failed: report no reason that is not in it. It only reads.",
  input: Input,
  output: Output,
  run: ({ explainBulkUpload }, { csvHeader, sourceId, uploadedAt }) =>
    Effect.flatMap(readUploadedAt(uploadedAt), (uploadedAt) =>
      explainBulkUpload(sourceId, { uploadedAt, csvHeader })
    )
})
