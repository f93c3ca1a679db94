import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SourceId from "../src/SourceId.ts"

const HEX = "e136567de87e4d029e60b3c3c55db56d"
const UUID = "e136567d-e87e-4d02-9e60-b3c3c55db56d"

describe("SourceId", () => {
  it.effect.each([HEX, UUID, HEX.toUpperCase(), UUID.toUpperCase()])("takes %s exactly as it is", (id) =>
    Effect.map(SourceId.fromString(id), (checked) => assert.strictEqual(checked, id))
  )

  const wrong: ReadonlyArray<readonly [string, string]> = [
    ["nothing", ""],
    ["a name", "Contractors"],
    ["31 digits", HEX.slice(1)],
    ["33 digits", `${HEX}0`],
    ["a letter that is no digit", HEX.replace("e", "g")],
    ["a space before", ` ${HEX}`],
    ["a line break after", `${HEX}\n`],
    ["dashes elsewhere", "e136567de-87e-4d02-9e60-b3c3c55db56d"],
    ["a path", `${HEX}/../..`],
    ["an encoded slash", `${HEX.slice(3)}%2f`],
    ["braces", `{${UUID}}`],
    ["digits of another script", HEX.replace("1", "\u0661")],
    ["a null byte", `${HEX.slice(1)}\0`],
    ["ten kilobytes", "a".repeat(10_000)]
  ]

  it.effect.each(wrong)("refuses %s", ([, input]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(SourceId.fromString(input))
      assert.strictEqual(error._tag, "InvalidSourceId")
      assert.isAtMost(error.sourceId.length, 64)
      assert.include(error.message, "32 hexadecimal digits")
    })
  )

  it.effect("refuses what is no text at all, as a program without types may pass it", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(SourceId.fromString(Object(42)))
      assert.strictEqual(error.sourceId, "42")
    })
  )

  it.effect.prop("whatever is accepted is hexadecimal digits and dashes alone", [Schema.String], ([input]) =>
    Effect.map(Effect.result(SourceId.fromString(input)), (result) =>
      Result.isFailure(result)
        ? result.failure._tag === "InvalidSourceId"
        : /^[0-9a-fA-F-]{32,36}$/u.test(input)
    )
  )

  it.effect.prop("every value of the schema is accepted", [SourceId.SourceId], ([id]) =>
    Effect.map(SourceId.fromString(id), (checked) => checked === id && Schema.is(SourceId.SourceId)(id))
  )
})
