import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import { brief, parseDuration, parseTime } from "../src/time.ts"

const NOW = DateTime.makeUnsafe("2026-11-29T12:00:00Z")

describe("times as users type them", () => {
  it.each([
    ["90s", 90],
    ["30m", 1_800],
    ["1h30m", 5_400],
    ["2d", 172_800],
    ["1H", 3_600],
    [" 5m ", 300]
  ] as const)("the duration %j is read", (text, seconds) => {
    assert.deepStrictEqual(parseDuration(text), Result.succeed(Duration.seconds(seconds)))
  })

  it.each(["", "30", "m", "0s", "0h0m", "30m1h", "-5m", "1.5h", "5 m", "soon"])(
    "the duration %j is refused",
    (text) => {
      assert.isTrue(Result.isFailure(parseDuration(text)))
    }
  )

  it.each([
    ["5m", "2026-11-29T11:55:00.000Z"],
    ["2026-11-29T10:00:00Z", "2026-11-29T10:00:00.000Z"]
  ] as const)("the time %j is read", (text, iso) => {
    const time = Result.getOrThrow(parseTime(text, NOW))
    assert.strictEqual(DateTime.formatIso(time), iso)
  })

  it.each(["2026-11-29", "2026-11-29T10:00:00", "10:00", "2026-13-29T10:00:00Z", "2026-11-29T12:00:01Z"])(
    "the time %j is refused",
    (text) => {
      assert.isTrue(Result.isFailure(parseTime(text, NOW)))
    }
  )

  it.each([
    [0, "0 s"],
    [59_400, "59 s"],
    [60_000, "1 min 0 s"],
    [3_599_000, "59 min 59 s"],
    [3_660_000, "1 h 1 min"]
  ] as const)("%d ms are shown as %s", (millis, text) => {
    assert.strictEqual(brief(millis), text)
  })
})
