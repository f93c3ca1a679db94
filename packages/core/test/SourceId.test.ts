import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SourceId from "../src/SourceId.ts"

const HEX = "e136567de87e4d029e60b3c3c55db56d"
const UUID = "e136567d-e87e-4d02-9e60-b3c3c55db56d"

describe("SourceId", () => {
  it.effect.each([HEX, UUID, HEX.toUpperCase(), UUID.toUpperCase()])(
    "the ID %s is accepted unchanged",
    (id) => Effect.map(SourceId.fromString(id), (checked) => assert.strictEqual(checked, id))
  )

  const wrong: ReadonlyArray<readonly [string, string, says?: string]> = [
    ["nothing", "", "it is empty"],
    ["a name", "Contractors", 'its character 2 is "o", U+006F'],
    ["33 digits", `${HEX}0`, "it has 33 hexadecimal digits, not 32"],
    ["a letter that is not a digit", HEX.replace("e", "g"), 'its character 1 is "g", U+0067'],
    ["a space before", ` ${HEX}`, "its character 1 is U+0020"],
    ["a line break after", `${HEX}\n`, "its character 33 is U+000A"],
    ["dashes elsewhere", "e136567de-87e-4d02-9e60-b3c3c55db56d", "its dashes are not those of a UUID"],
    ["a path within", `${HEX.slice(4)}/../`],
    ["dots alone", ".".repeat(32)],
    ["an encoded slash", `${HEX.slice(3)}%2f`],
    ["encoded dots", `${HEX.slice(6)}%2e%2e`],
    ["a placeholder", "{id}"],
    ["letters that look the same", HEX.replace("e", "\u0435"), 'its character 1 is "\u0435", U+0435'],
    ["a dash that looks the same", UUID.replace("-", "\u2010"), "its character 9 is"],
    ["an invisible character", `${HEX}\u200B`, "its character 33 is U+200B"],
    ["half a character", `${HEX.slice(1)}\uD800`, "its character 32 is U+D800"],
    ["an emoji", `${HEX.slice(1)}\u{1F98A}`, 'its character 32 is "\u{1F98A}", U+1F98A'],
    ["an escape sequence", `\u001B[31m${HEX}`],
    ["digits of another script", HEX.replace("1", "\u0661")],
    ["a null byte", `${HEX.slice(1)}\0`],
    ["ten kilobytes", "a".repeat(10_000), "it has 10000 hexadecimal digits"]
  ]

  it.effect.each(wrong)("%s is refused as an ID", ([, input, says = "its "]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(SourceId.fromString(input))
      assert.strictEqual(error._tag, "InvalidSourceId")
      assert.isAtMost(error.sourceId.length, 64)
      assert.include(error.message, "32 hexadecimal digits, or a UUID")
      assert.include(error.summary, says)
      assert.notMatch(error.message, /[\p{Cc}\p{Cf}\p{Cs}]/u)
    })
  )

  const noTexts: ReadonlyArray<unknown> = [
    undefined,
    42,
    Symbol("id"),
    Object.create(null),
    { toString: () => assert.fail("read") },
    [HEX],
    Object(HEX)
  ]

  it.effect("a value that is not text is refused as an ID", () =>
    Effect.gen(function* () {
      for (const input of noTexts) {
        const error = yield* Effect.flip(SourceId.fromString(input as string))
        assert.strictEqual(error._tag, "InvalidSourceId")
        assert.isAtMost(error.sourceId.length, 64)
      }
    })
  )

  it.effect.prop("an accepted ID has only hexadecimal digits and dashes", [Schema.String], ([input]) =>
    Effect.map(Effect.result(SourceId.fromString(input)), (result) =>
      Result.isFailure(result)
        ? result.failure._tag === "InvalidSourceId"
        : /^[0-9a-fA-F-]{32,36}$/u.test(input)
    )
  )

  it.effect.prop("every value of the schema is an accepted ID", [SourceId.SourceId], ([id]) =>
    Effect.map(SourceId.fromString(id), (checked) => checked === id && SourceId.is(id))
  )
})
