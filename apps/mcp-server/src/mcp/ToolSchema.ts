/**
 * Effect schemas in the form that the MCP SDK takes: Standard Schema for checking, JSON Schema for telling.
 */
import type { StandardSchemaV1, StandardSchemaWithJSON } from "@modelcontextprotocol/server"
import { plainText } from "@sailpoint-bulk-upload/core/PlainText"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { cutTo } from "../text/TokenEstimate.ts"
import { InvalidArguments } from "./ToolResult.ts"

/** Checked and advertised alike: an argument that a tool does not have is an error, not passed over. */
const CLOSED = { onExcessProperty: "error" } as const

/** A whole number, without the bounds that Effect's `Int` advertises: they tell a model nothing. */
export const Integer = Schema.Number.check(Schema.isInt({ toJsonSchema: () => ({ type: "integer" }) }))

/** Where anything may follow, JSON Schema says so best by saying nothing. */
const leftOpen = (jsonSchema: object): object =>
  JSON.parse(
    JSON.stringify(jsonSchema, (key, value: unknown) =>
      key === "additionalProperties" && typeof value === "object" && JSON.stringify(value) === "{}"
        ? undefined
        : value
    )
  )

/**
 * The schema of a tool's arguments or of its result. The root is always told to be an object, which MCP
 * demands of unions too.
 */
export const toolSchema = <S extends Schema.ConstraintCodec<unknown, unknown>>(
  schema: S
): StandardSchemaWithJSON<S["Encoded"], S["Type"]> => {
  const { "~standard": standard } = Schema.toStandardSchemaV1(schema, { parseOptions: CLOSED })
  let told: Record<string, unknown> | undefined
  const jsonSchema = () =>
    (told ??= { type: "object", ...leftOpen(Schema.toJsonSchemaDocument(schema, CLOSED).schema) })
  return { "~standard": { ...standard, jsonSchema: { input: jsonSchema, output: jsonSchema } } }
}

/** What is wrong with arguments goes back to who sent them: some of it is enough, and none of it at length. */
const MAX_PROBLEMS = 5
const MAX_KEY = 30
const MAX_MESSAGE = 60

const brief = ({ message, path = [] }: StandardSchemaV1.Issue): string =>
  [
    ...path.map((segment) =>
      cutTo(MAX_KEY, plainText(String(typeof segment === "object" ? segment.key : segment)))
    ),
    cutTo(MAX_MESSAGE, plainText(message))
  ].join(": ")

/**
 * The schema of a tool's arguments, which never refuses: what does not fit becomes a failure of the tool, so
 * that it is told in the same way as every other one. Names and values in it came from outside.
 */
export const argumentsSchema = <S extends Schema.ConstraintCodec<unknown, unknown>>(
  schema: S
): StandardSchemaWithJSON<S["Encoded"], Result.Result<S["Type"], InvalidArguments>> => {
  const { "~standard": standard } = toolSchema(schema)
  return {
    "~standard": {
      version: standard.version,
      vendor: standard.vendor,
      jsonSchema: standard.jsonSchema,
      validate: async (value) => {
        const checked = await standard.validate(value ?? {})
        return {
          value:
            checked.issues === undefined
              ? Result.succeed(checked.value)
              : Result.fail(
                  new InvalidArguments({
                    problems: checked.issues.slice(0, MAX_PROBLEMS).map(brief)
                  })
                )
        }
      }
    }
  }
}
