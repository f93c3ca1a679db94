import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { argumentsSchema, toolSchema } from "../../src/mcp/ToolSchema.ts"
import type { JsonSchema } from "../support/JsonSchema.ts"

const Input = Schema.Struct({
  name: Schema.String.annotate({ description: "A name." }),
  limit: Schema.optionalKey(Schema.Int),
  exact: Schema.optionalKey(Schema.Boolean)
})

const Output = Schema.Union([
  Schema.Struct({ found: Schema.String }),
  Schema.Struct({ error: Schema.String })
])

const jsonSchema = (schema: Parameters<typeof toolSchema>[0]): JsonSchema =>
  toolSchema(schema)["~standard"].jsonSchema.input({ target: "draft-2020-12" })

const check = (value: unknown) => toolSchema(Input)["~standard"].validate(value)

const refused: ReadonlyArray<readonly [string, unknown, key: string]> = [
  ["an argument that is not there", { name: "a", verbose: true }, "verbose"],
  ["an argument of another type", { name: 5 }, "name"],
  ["a missing argument", {}, "name"],
  ["null for what may be left out", { name: "a", exact: null }, "exact"],
  ["a text for a number", { name: "a", limit: "5" }, "limit"],
  ["Infinity for a number", { name: "a", limit: Infinity }, "limit"]
]

const accepted = [
  ["all arguments", { name: "a", limit: 5, exact: true }],
  ["only the required ones", { name: "a" }]
] as const

describe("a tool's schema", () => {
  it("advertises arguments as a flat and closed object", () => {
    const { properties, ...rest } = jsonSchema(Input)
    assert.deepStrictEqual(rest, { type: "object", required: ["name"], additionalProperties: false })
    assert.deepStrictEqual(
      Object.entries({ ...properties }).map(([key, { type }]) => [key, type]),
      [
        ["name", "string"],
        ["limit", "integer"],
        ["exact", "boolean"]
      ]
    )
  })

  it("keeps the descriptions", () => {
    assert.strictEqual(jsonSchema(Input).properties?.["name"]?.description, "A name.")
  })

  it("advertises a union as an object too, with every member closed", () => {
    const { anyOf, type } = jsonSchema(Output)
    assert.strictEqual(type, "object")
    assert.deepStrictEqual(
      anyOf?.map(({ additionalProperties }) => additionalProperties),
      [false, false]
    )
  })

  it.each(refused)("refuses %s, naming it", async (_, value, key) => {
    const { issues } = await check(value)
    assert.deepStrictEqual(
      issues?.map(({ path }) => path),
      [[key]]
    )
  })

  it.each(accepted)("accepts %s", async (_, value) => {
    assert.deepStrictEqual(await check(value), { value })
  })
})

const given = async (value: unknown) => {
  const checked = await argumentsSchema(Input)["~standard"].validate(value)
  return "value" in checked ? checked.value : undefined
}

describe("the schema of arguments", () => {
  it.each(refused)("gives a failure for %s, naming it", async (_, value, key) => {
    const result = await given(value)
    assert.isTrue(result !== undefined && Result.isFailure(result))
    assert.include(result !== undefined && Result.isFailure(result) ? result.failure.summary : "", key)
  })

  it.each(accepted)("gives %s", async (_, value) => {
    assert.deepStrictEqual(await given(value), Result.succeed(value))
  })

  it("names some of what is wrong when there is much, each of it cut short", async () => {
    const much = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`${n}${"x".repeat(500)}`, n]))
    const result = await given({ name: "a", ...much })
    const problems = result !== undefined && Result.isFailure(result) ? result.failure.problems : []
    assert.lengthOf(problems, 5)
    for (const problem of problems) assert.match(problem, /^\dx{20,80}…: /u)
  })

  it("makes names harmless", async () => {
    const result = await given({ name: "a", "evil\u202E\u0007": 1 })
    const problems = result !== undefined && Result.isFailure(result) ? result.failure.problems : []
    assert.match(problems.join(), /^evil: /u)
  })
})
