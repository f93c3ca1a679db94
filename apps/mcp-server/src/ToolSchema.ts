/**
 * Effect schemas in the form that the MCP SDK takes: Standard Schema for checking, JSON Schema for telling.
 */
import type { StandardSchemaV1, StandardSchemaWithJSON } from "@modelcontextprotocol/server"
import * as Schema from "effect/Schema"
import { cutTo } from "./TokenEstimate.ts"

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
  const validate = async (value: unknown) => {
    const checked = await standard.validate(value)
    return checked.issues === undefined ? checked : { issues: checked.issues.slice(0, MAX_ISSUES).map(brief) }
  }
  return { "~standard": { ...standard, validate, jsonSchema: { input: jsonSchema, output: jsonSchema } } }
}

/** What is wrong with arguments goes back to who sent them: some of it is enough, and none of it at length. */
const MAX_ISSUES = 5
const MAX_KEY = 30
const MAX_MESSAGE = 60

const brief = ({ message, path = [] }: StandardSchemaV1.Issue): StandardSchemaV1.Issue => ({
  message: cutTo(MAX_MESSAGE, message),
  path: path.map((segment) => cutTo(MAX_KEY, String(typeof segment === "object" ? segment.key : segment)))
})
