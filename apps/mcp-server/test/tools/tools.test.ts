import { assert, describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Assistant from "../support/Assistant.ts"
import type { JsonSchema } from "../support/JsonSchema.ts"

const SNAPSHOTS = fileURLToPath(new URL("snapshots", import.meta.url))

const pretty = (value: object): string => `${JSON.stringify(value, null, 2)}\n`

const Connected = Layer.effect(Assistant.Assistant, Assistant.connect(Assistant.modern, {}, ["--sandbox"]))

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
          const { additionalProperties, properties, type, ...rest } = inputSchema as JsonSchema
          assert.deepStrictEqual([type, additionalProperties], ["object", false])
          assert.includeMembers(["required"], Object.keys(rest))
          for (const property of Object.values({ ...properties })) {
            assert.include(["string", "integer", "number", "boolean"], property.type)
            assert.isNotEmpty(property.description)
            // What some assistants do not read.
            assert.notMatch(JSON.stringify(property), /"(?:\$ref|anyOf|oneOf|allOf|not|nullable)":/u)
          }
        }
      })
    )

    it.effect("give objects", () =>
      Effect.gen(function* () {
        for (const { outputSchema } of yield* listed) {
          assert.strictEqual((outputSchema as JsonSchema).type, "object")
          assert.notInclude(JSON.stringify(outputSchema), "$ref")
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
