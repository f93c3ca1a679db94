/**
 * The tool `list_non_employee_sources`: from a name to an id.
 */
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { nameContains } from "../nameContains.ts"
import * as ReadOnlyTool from "../ReadOnlyTool.ts"
import { sandboxNote } from "../ToolResult.ts"
import { Integer } from "../ToolSchema.ts"
import { fitting } from "./SourceList.ts"

const Input = Schema.Struct({
  nameContains: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "Only sources whose name contains this, in upper or lower case. A part of the name is enough."
    })
  ),
  ownedByMe: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Only sources whose account manager is the owner of the credentials. Set it when listing all is Forbidden (that takes ORG_ADMIN)."
    })
  )
})

const Output = Schema.Struct({
  sources: Schema.Array(
    Schema.Struct({
      sourceId: Schema.String.annotate({ description: "Pass it to the other tools." }),
      id: Schema.optionalKey(Schema.String),
      name: Schema.String,
      description: Schema.String
    })
  ),
  total: Integer.annotate({ description: "How many match." }),
  truncated: Schema.Boolean.annotate({ description: "True when more match than are listed." }),
  ...sandboxNote
})

const list = (
  input: typeof Input.Type
): Effect.Effect<typeof Output.Type, BulkUploadError, NonEmployeeSources> =>
  Effect.gen(function* () {
    const { list } = yield* NonEmployeeSources
    const all = yield* list({ ownedByMe: input.ownedByMe })
    const matching = all
      .filter(nameContains(input.nameContains ?? ""))
      .toSorted((a, b) => a.name.localeCompare(b.name, "en"))
    const sources = fitting(matching)
    return { sources, total: matching.length, truncated: sources.length < matching.length }
  })

export const ListNonEmployeeSources = ReadOnlyTool.make({
  name: "list_non_employee_sources",
  title: "List non-employee sources",
  description:
    "List the SailPoint tenant's non-employee (contractor) sources with their ids. Use it first when someone names a source and its sourceId is not known, then pass the sourceId to get_bulk_upload_status or wait_for_bulk_upload. If several match, ask which one is meant. A long list comes without details and can be truncated: narrow it with nameContains. It only reads.",
  input: Input,
  output: Output,
  run: (input) => ReadOnlyTool.answeredInTime({ operation: "sources" })(list(input))
})
