import { assert, describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Failure } from "../../src/mcp/Failure.ts"
import * as Assistant from "../support/Assistant.ts"
import type { JsonSchema } from "../support/JsonSchema.ts"
import type { Tool } from "../support/Offers.ts"

const Connected = Layer.effect(Assistant.Assistant, Assistant.connect(Assistant.modern, {}, ["--sandbox"]))

/** At least one of the three APIs refuses each of these keywords. */
const REFUSED = ["allOf", "oneOf", "not", "const", "nullable", "$ref", "$defs", "pattern", "format"]

/** A schema and every schema in it. */
const schemasIn = (schema: unknown): ReadonlyArray<JsonSchema> =>
  typeof schema === "object" && schema !== null ? [schema, ...Object.values(schema).flatMap(schemasIn)] : []

const linesOf = (parts: object, prefix: string) =>
  Object.entries(parts).map(([name, part]) => `${prefix}${name}: ${JSON.stringify(part)}`)

/** A tool as text: a line for each of its parts, and for each property of its schemas. */
const printed = ({ inputSchema, outputSchema, ...tool }: Tool): string => {
  const schemas = Object.entries({ input: inputSchema, output: outputSchema as JsonSchema })
  const lines = schemas.flatMap(([name, { properties = {}, ...rest }]: [string, JsonSchema]) => [
    ...linesOf({ [name]: rest }, ""),
    ...linesOf(properties, `${name}.`)
  ])
  return [...linesOf(tool, ""), ...lines, ""].join("\n")
}

const listed = Effect.flatMap(Assistant.Assistant, ({ tools }) => tools)

describe("the tools", { timeout: 60_000 }, () => {
  layer(Connected, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("all tools are those of the snapshot, word for word", () =>
      Effect.gen(function* () {
        const text = (yield* listed).map(printed).join("\n")
        yield* Effect.promise(() => expect(text).toMatchFileSnapshot("snapshots/tools.txt"))
      })
    )

    it.effect("every text of a tool is printable ASCII, which no assistant garbles or hides", () =>
      Effect.gen(function* () {
        const text = JSON.stringify(yield* listed)
        assert.match(text, /^[ -~]+$/u)
        // JSON has an escape sequence for each control character.
        assert.notMatch(text, /\\[^"]/u)
      })
    )

    it.effect("every description names the other tools, so that a model knows the order of calls", () =>
      Effect.gen(function* () {
        const tools = yield* listed
        for (const { description = "", name } of tools) {
          const missing = tools.filter((other) => other.name !== name && !description.includes(other.name))
          assert.isEmpty(missing, name)
        }
      })
    )

    it.effect("every tool accepts a flat and closed object, whose arguments have descriptions", () =>
      Effect.gen(function* () {
        for (const { inputSchema } of yield* listed) {
          const { additionalProperties, properties, required, type, ...rest } = inputSchema as JsonSchema
          assert.deepStrictEqual([type, additionalProperties, rest], ["object", false, {}])
          assert.includeMembers(Object.keys({ ...properties }), [...(required ?? [])])
          for (const { description, type, ...bounds } of Object.values({ ...properties })) {
            assert.include(["string", "integer", "boolean"], type)
            assert.isNotEmpty(description)
            assert.includeMembers(["minimum", "maximum"], Object.keys(bounds))
          }
        }
      })
    )

    it.effect("every output schema has the fields of success and failure at its root", () =>
      Effect.gen(function* () {
        for (const { name, outputSchema } of yield* listed) {
          const { properties, required, type, ...rest } = outputSchema as JsonSchema
          assert.deepStrictEqual([type, rest], ["object", {}])
          assert.includeMembers(Object.keys({ ...properties }), Object.keys(Failure.fields))
          assert.isAbove(Object.keys({ ...properties }).length, Object.keys(Failure.fields).length, name)
          if ("status" in { ...properties }) assert.deepStrictEqual(required, ["nextStep"])
          assert.includeMembers(Object.keys(Failure.fields), [...(required ?? [])])
        }
      })
    )

    it.effect("no schema uses a part of JSON Schema that a model's API refuses", () =>
      Effect.gen(function* () {
        for (const { inputSchema, outputSchema } of yield* listed) {
          for (const schema of [inputSchema, outputSchema].flatMap(schemasIn)) {
            for (const keyword of REFUSED) assert.notProperty(schema, keyword)
            assert.isFalse(schema.type === "boolean" && "enum" in schema)
            assert.isFalse(Array.isArray(schema.type))
          }
        }
      })
    )
  })
})
