import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { argumentsSchema, resultSchema } from "../../src/mcp/ToolSchema.ts"
import { cutTo } from "../../src/text/TokenEstimate.ts"

const Input = Schema.Struct({
  name: Schema.String,
  limit: Schema.optionalKey(Schema.Int),
  exact: Schema.optionalKey(Schema.Boolean),
  sinceTime: Schema.optionalKey(Schema.String)
})

/** The decoded arguments, or the problems. */
const read = async (value: unknown) => {
  const checked = await argumentsSchema(Input)["~standard"].validate(value)
  return Result.merge(
    Result.mapError(
      "value" in checked ? checked.value : Result.succeed(undefined),
      ({ problems }) => problems
    )
  )
}

const accepted: ReadonlyArray<readonly [string, unknown, object]> = [
  ["all arguments", { name: "a", limit: 5, exact: true }, { name: "a", limit: 5, exact: true }],
  ["the required arguments alone", { name: "a" }, { name: "a" }],
  ["a negative integer in a string", { name: "a", limit: "-5" }, { name: "a", limit: -5 }],
  ["zero in a string", { name: "a", limit: "0" }, { name: "a", limit: 0 }],
  ["true in a string", { name: "a", exact: "true" }, { name: "a", exact: true }],
  ["a string of digits for a string", { name: "5" }, { name: "5" }],
  ["an unknown argument that is null", { name: "a", verbose: null }, { name: "a" }],
  ["names of Object.prototype", JSON.parse('{"name":"a","__proto__":1,"toString":2}'), { name: "a" }],
  ["an unknown name that begins with a known name", { name: "a", names: ["b"] }, { name: "a" }]
]

const refused: ReadonlyArray<readonly [string, unknown, ReadonlyArray<string | RegExp>]> = [
  ["an argument of another type", { name: 5 }, [/^name: /u]],
  ["a missing argument", {}, [/^name: /u]],
  ["no arguments", null, [/^name: /u]],
  ["null for a required argument", { name: null }, [/^name: /u]],
  ["Infinity for a number", { name: "a", limit: Infinity }, [/^limit: /u]],
  ..." ,5 ,1.5,5.0,1e2,0x5,05,+5,-0,five,9007199254740993"
    .split(",")
    .map((limit) => [`"${limit}" for an integer`, { name: "a", limit }, [/^limit: /u]] as const),
  ["an empty string for an integer", { name: "a", limit: "" }, [/^limit: /u]],
  ...["", "True", "TRUE", "yes", "1", "0", " true", "true ", 1, 0].map(
    (exact) => [`${JSON.stringify(exact)} for a boolean`, { name: "a", exact }, [/^exact: /u]] as const
  ),
  ["a list for a string", { name: ["a"] }, [/^name: /u]],
  ...["since_time", "since-time", "SinceTime", "SINCE_TIME", "sincetime", "__sinceTime"].map(
    (given) =>
      [
        `the name ${given}`,
        { name: "a", [given]: "x" },
        [`${given}: This argument is named sinceTime`]
      ] as const
  ),
  [
    "a required argument under another name, which is not reported as missing too",
    { Name: "a" },
    ["Name: This argument is named name"]
  ],
  [
    "several problems at once",
    { NAME: 5, limit: "x" },
    ["NAME: This argument is named name", /^name: /u, /^limit: /u]
  ]
]

describe("a tool's result", () => {
  it.each([
    ["requires the fields that success and failure both require", { nextStep: Schema.String }, ["nextStep"]],
    [
      "requires no field if success and failure have no required field in common",
      { sources: Schema.optionalKey(Schema.Int) },
      undefined
    ]
  ])("the schema of a result %s", (_, fields, required) => {
    const schema = resultSchema(Schema.Struct(fields))["~standard"].jsonSchema.output({ target: "draft-07" })
    assert.deepStrictEqual(schema["required"], required)
  })
})

describe("a tool's arguments", () => {
  it.each(accepted)("a tool accepts %s", async (_, value, expected) => {
    assert.deepStrictEqual(await read(value), expected)
  })

  it.each(refused)("a tool refuses %s and names the argument", async (_, value, expected) => {
    const problems = await read(value)
    assert.isArray(problems)
    if (!Array.isArray(problems)) return
    assert.lengthOf(problems, expected.length)
    for (const [n, pattern] of expected.entries()) {
      if (typeof pattern === "string") assert.strictEqual(problems[n], pattern)
      else assert.match(problems[n], pattern)
    }
  })

  it("a refusal lists at most five problems, each shortened", async () => {
    const keys = Array.from({ length: 50 }, (_, n) => `${n}${"x".repeat(500)}`)
    const Long = Schema.Literal("y".repeat(500))
    const Many = Schema.Struct(Object.fromEntries(keys.map((key) => [key, Long])))
    const values = Object.fromEntries(keys.map((key) => [key, 5]))
    const checked = await argumentsSchema(Many)["~standard"].validate(values)
    const result = "value" in checked ? checked.value : undefined
    const problems = result !== undefined && Result.isFailure(result) ? result.failure.problems : []
    const message = cutTo(60, `Expected "${"y".repeat(500)}", got 5`)
    assert.deepStrictEqual(
      problems,
      keys.slice(0, 5).map((key) => `${cutTo(30, key)}: ${message}`)
    )
  })
})

describe("a tool's result", () => {
  const Output = Schema.Struct({
    found: Schema.NullOr(Schema.String),
    nextStep: Schema.String
  })

  it("a result is checked against the fields of success", async () => {
    const { validate } = resultSchema(Output)["~standard"]
    assert.property(await validate({ found: null, nextStep: "a" }), "value")
    assert.property(await validate({ nextStep: "a" }), "issues")
  })
})
