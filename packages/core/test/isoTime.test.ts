import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import { isoTime } from "../src/internal/isoTime.ts"

describe("isoTime", () => {
  it.each<readonly [text: string, utc: string | undefined]>([
    ["2026-11-28T10:30Z", "2026-11-28T10:30:00.000Z"],
    ["2026-11-28t10:30:05.123456789z", "2026-11-28T10:30:05.123Z"],
    ["2026-11-28T23:30:00-0130", "2026-11-29T01:00:00.000Z"],
    ["2028-02-29T10:30:00+01:00", "2028-02-29T09:30:00.000Z"],
    ["2026-02-29T10:30:00Z", undefined],
    ["2026-11-28T10:30:00", undefined],
    ["at 2026-11-28T10:30Z", undefined],
    ["2026-11-28T10:30Z or so", undefined]
  ])("isoTime reads %j as %j", (text, utc) => {
    assert.strictEqual(Option.getOrUndefined(Option.map(isoTime(text), DateTime.formatIso)), utc)
  })
})
