/**
 * The tool `list_non_employee_sources`: from a name to an id.
 */
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { plainText } from "@sailpoint-bulk-upload/core/PlainText"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answeredInTime, type ReadOnlyTool } from "../ReadOnlyTool.ts"
import { sandboxNote } from "../ToolResult.ts"

/** As many as an assistant should read; a tenant has 50 at the most. */
const MAX_SOURCES = 20
const MAX_DESCRIPTION = 100

const Input = Schema.Struct({
  nameContains: Schema.optionalKey(
    Schema.String.annotate({ description: "Only sources whose name contains this, in upper or lower case." })
  ),
  ownedByMe: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Only sources that the owner of the credentials is account manager of; needed without the user level ORG_ADMIN."
    })
  )
})

const Output = Schema.Struct({
  sources: Schema.Array(
    Schema.Struct({
      sourceId: Schema.String.annotate({ description: "The id to pass to the other tools." }),
      id: Schema.optionalKey(Schema.String),
      name: Schema.String,
      description: Schema.String
    })
  ),
  total: Schema.Int.annotate({ description: "How many sources fit." }),
  truncated: Schema.Boolean.annotate({
    description: "True when more fit than are listed: narrow it with nameContains."
  }),
  ...sandboxNote
})

const list = ({
  nameContains = "",
  ownedByMe = false
}: typeof Input.Type): Effect.Effect<typeof Output.Type, BulkUploadError, NonEmployeeSources> =>
  Effect.gen(function* () {
    const { list } = yield* NonEmployeeSources
    const wanted = nameContains.trim().toLowerCase()
    const fitting = (yield* list({ ownedByMe })).filter(({ name }) => name.toLowerCase().includes(wanted))
    return {
      sources: fitting
        .toSorted((a, b) => a.name.localeCompare(b.name, "en"))
        .slice(0, MAX_SOURCES)
        .map((source) => ({ ...source, description: plainText(source.description, MAX_DESCRIPTION) })),
      total: fitting.length,
      truncated: fitting.length > MAX_SOURCES
    }
  })

export const ListNonEmployeeSources: ReadOnlyTool<typeof Input.Type, typeof Output.Type> = {
  name: "list_non_employee_sources",
  title: "List non-employee sources",
  description:
    "List the non-employee (contractor) sources of the SailPoint tenant with their ids. Use it first when someone names a source and its sourceId is not known, then pass the sourceId to the other tools. It only reads.",
  input: Input,
  output: Output,
  run: (input) => answeredInTime({ operation: "sources" })(list(input))
}
