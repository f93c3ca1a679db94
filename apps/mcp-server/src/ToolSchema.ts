/**
 * Effect schemas in the form that the MCP SDK takes: Standard Schema for checking, JSON Schema for telling.
 */
import type { StandardSchemaWithJSON } from "@modelcontextprotocol/server"
import * as Schema from "effect/Schema"

/** Checked and advertised alike: an argument that a tool does not have is an error, not passed over. */
const CLOSED = { onExcessProperty: "error" } as const

/** A whole number, without the bounds that Effect's `Int` advertises: they tell a model nothing. */
export const Integer = Schema.Number.check(Schema.isInt({ toJsonSchema: () => ({ type: "integer" }) }))

/**
 * The schema of a tool's arguments or of its result. The root is always told to be an object, which MCP
 * demands of unions too.
 */
export const toolSchema = <S extends Schema.ConstraintCodec<unknown, unknown>>(
  schema: S
): StandardSchemaWithJSON<S["Encoded"], S["Type"]> => {
  const { "~standard": standard } = Schema.toStandardSchemaV1(schema, { parseOptions: CLOSED })
  const jsonSchema = () => ({ type: "object", ...Schema.toJsonSchemaDocument(schema, CLOSED).schema })
  return { "~standard": { ...standard, jsonSchema: { input: jsonSchema, output: jsonSchema } } }
}
