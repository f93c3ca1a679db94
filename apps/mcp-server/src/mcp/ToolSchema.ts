/**
 * Effect schemas for the MCP SDK: Standard Schema for checking, JSON Schema for advertising, limited to the keywords that the
 * APIs of OpenAI, Google and Anthropic accept.
 */
import type { StandardSchemaV1, StandardSchemaWithJSON } from "@modelcontextprotocol/server"
import { plainText } from "@sailpoint-bulk-upload/core/workspace"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { cutTo } from "../text/TokenEstimate.ts"
import { Failure, InvalidArguments } from "./Failure.ts"
import { type Advertised, readArguments } from "./readArguments.ts"

/** Returns the JSON Schema of a closed object; `readArguments` handles additional arguments. */
const objectSchema = (schema: Schema.Constraint): Advertised =>
  Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error" }).schema

/** Converts a schema once, because over HTTP every request registers the tools. */
const advertising = (convert: () => object) => {
  let converted: Record<string, unknown> | undefined
  const jsonSchema = () => (converted ??= { ...convert() })
  return { input: jsonSchema, output: jsonSchema }
}

/**
 * Returns the schema of a tool's result: one flat object with the fields of success and failure. Those that both have are
 * required. Clients read only the properties of the root, and older clients check failures too.
 */
export const resultSchema = <S extends Schema.ConstraintCodec<object, unknown>>(
  schema: S
): StandardSchemaWithJSON<S["Encoded"], S["Type"]> => ({
  "~standard": {
    ...Schema.toStandardSchemaV1(schema)["~standard"],
    jsonSchema: advertising(() => {
      const [success, failure] = [objectSchema(schema), objectSchema(Failure)]
      const required = success.required?.filter((name) => failure.required?.includes(name)) ?? []
      return {
        type: "object",
        properties: { ...success.properties, ...failure.properties },
        ...(required.length === 0 ? {} : { required })
      }
    })
  }
})

/** Limits the problems in a result, in number and length. */
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
 * Returns the schema of a tool's arguments. It refuses none, because a problem becomes a failed result, like any other
 * failure. Names and values in a problem come from the client, so they are cut.
 */
export const argumentsSchema = <S extends Schema.ConstraintCodec<object, unknown>>(
  schema: S
): StandardSchemaWithJSON<S["Encoded"], Result.Result<S["Type"], InvalidArguments>> => {
  const { "~standard": standard } = Schema.toStandardSchemaV1(schema)
  const jsonSchema = advertising(() => objectSchema(schema))
  return {
    "~standard": {
      version: standard.version,
      vendor: standard.vendor,
      jsonSchema,
      validate: async (value) => {
        const { misnamed, values } = readArguments(jsonSchema.input(), Object(value))
        const checked = await standard.validate(values)
        const problems = [
          ...misnamed.map(({ given, known }) => ({
            path: [given],
            message: `This argument is named ${known}`
          })),
          ...(checked.issues ?? [])
        ]
        return {
          value:
            checked.issues === undefined && misnamed.length === 0
              ? Result.succeed(checked.value)
              : Result.fail(new InvalidArguments({ problems: problems.slice(0, MAX_PROBLEMS).map(brief) }))
        }
      }
    }
  }
}
