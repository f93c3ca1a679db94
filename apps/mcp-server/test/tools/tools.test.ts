import { assert, describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Failure } from "../../src/mcp/Failure.ts"
import * as Assistant from "../support/Assistant.ts"
import type { JsonSchema } from "../support/JsonSchema.ts"

const SNAPSHOTS = fileURLToPath(new URL("snapshots", import.meta.url))

const pretty = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

const Connected = Layer.effect(Assistant.Assistant, Assistant.connect(Assistant.modern, {}, ["--sandbox"]))

/** At least one of the three APIs has no such keyword. */
const REFUSED = ["allOf", "oneOf", "not", "const", "nullable", "$ref", "$defs", "pattern", "format"]

/** A schema and every schema in it. */
const schemasIn = (schema: unknown): ReadonlyArray<JsonSchema> =>
  typeof schema === "object" && schema !== null ? [schema, ...Object.values(schema).flatMap(schemasIn)] : []

const listed = Effect.flatMap(Assistant.Assistant, ({ tools }) => tools)

describe("the tools", { timeout: 60_000 }, () => {
  layer(Connected, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect("are those of the snapshots, word for word", () =>
      Effect.gen(function* () {
        const tools = yield* listed
        for (const tool of tools) {
          yield* Effect.promise(() =>
            expect(pretty(tool)).toMatchFileSnapshot(`${SNAPSHOTS}/${tool.name}.json`)
          )
        }
        assert.includeMembers(
          tools.map(({ name }) => `${name}.json`),
          readdirSync(SNAPSHOTS)
        )
      })
    )

    it.effect("are told in printable ASCII, which no assistant garbles or hides", () =>
      Effect.gen(function* () {
        const strings = (value: unknown): ReadonlyArray<string> => {
          if (typeof value === "string") return [value]
          if (typeof value !== "object" || value === null) return []
          return Object.entries(value).flatMap(([key, member]) => [key, ...strings(member)])
        }
        const told = strings(yield* listed)
        assert.isAbove(told.length, 100)
        for (const string of told) assert.match(string, /^[ -~]+$/u)
      })
    )

    it.effect("tell of each other, so that a model knows which comes first", () =>
      Effect.gen(function* () {
        const tools = yield* listed
        for (const { description, name } of tools) {
          const others = tools.filter((tool) => tool.name !== name)
          assert.isTrue(
            others.every((other) => description?.includes(other.name)),
            `${name} does not tell of the others`
          )
        }
      })
    )

    it.effect("take flat and closed arguments, each with a description", () =>
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

    it.effect("list the fields of success and failure at the root of their result", () =>
      Effect.gen(function* () {
        for (const { name, outputSchema } of yield* listed) {
          const { properties, required, type, ...rest } = outputSchema as JsonSchema
          assert.deepStrictEqual([type, rest], ["object", {}])
          assert.includeMembers(Object.keys({ ...properties }), Object.keys(Failure.fields))
          assert.include(Object.keys({ ...properties }), name.startsWith("list") ? "sources" : "status")
          assert.deepStrictEqual(required, name.startsWith("list") ? undefined : ["nextStep"])
        }
      })
    )

    it.effect("use no part of JSON Schema that a model's API refuses", () =>
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

    it.effect("say of themselves that they only read", () =>
      Effect.gen(function* () {
        for (const { annotations } of yield* listed) {
          const { title, ...hints } = { ...annotations }
          assert.isNotEmpty(title)
          assert.deepStrictEqual(hints, {
            readOnlyHint: true,
            destructiveHint: false,
            idempotentHint: true,
            openWorldHint: true
          })
        }
      })
    )
  })
})
