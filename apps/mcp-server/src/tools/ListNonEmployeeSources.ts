import * as Schema from "effect/Schema"
import { Integer, sandboxNote } from "../mcp/Failure.ts"
import * as ReadOnlyTool from "../mcp/ReadOnlyTool.ts"

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
        "Only sources whose account manager is the owner of the credentials. Set it when listing all sources is Forbidden, because that requires ORG_ADMIN."
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
  nextStep: Schema.optionalKey(Schema.String),
  ...sandboxNote
})

export const ListNonEmployeeSources = ReadOnlyTool.make({
  name: "list_non_employee_sources",
  title: "List non-employee sources",
  description:
    "List the SailPoint tenant's non-employee (contractor) sources with their IDs. Use it first when someone names a source and its sourceId is not known, then pass the sourceId to get_bulk_upload_status, wait_for_bulk_upload or explain_bulk_upload. If several match, ask which one is meant. A long list comes without details and can be truncated: narrow it with nameContains. It only reads.",
  input: Input,
  output: Output,
  run: ({ listNonEmployeeSources }, input) => listNonEmployeeSources(input)
})
