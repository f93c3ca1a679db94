import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import { SourceId } from "@sailpoint-bulk-upload/core/SourceId"
import { fitting } from "../../src/handlers/SourceList.ts"
import { cutTo } from "../../src/text/TokenEstimate.ts"

const sourceId = SourceId.make(Source.named("Done").sourceId)
const id = SourceId.make(Source.named("Done").id)

/** Two lowercase letters are one token. */
const tokens = (count: number): string => "ab".repeat(count)
const long = tokens(300)

/** The number of long sources, the number that is listed, and the tokens of each name and description. */
const levels = [
  [2, 2, { id }, 200, 60],
  [3, 3, {}, 200, 30],
  [8, 8, {}, 60, 12],
  [14, 14, {}, 30, 0],
  [50, 14, {}, 30, 0]
] as const

/** Sources of 100 tokens: 33 without the texts, and 30 more for an ID. */
const hundreds = [
  ["an ID", { sourceId, id, name: tokens(20), description: tokens(17) }],
  ["a long description", { sourceId, name: tokens(20), description: tokens(47) }]
] as const

describe("a list of sources", () => {
  it.each(levels)(
    "a list of %d long sources has %d, in the highest level of detail that fits",
    (given, listed, ids, name, description) => {
      const source = { sourceId, id, name: long, description: long }
      const shown = description === 0 ? "" : cutTo(description, long)
      assert.deepStrictEqual(
        fitting(Array.from({ length: given }, () => source)),
        Array.from({ length: listed }, () => ({
          sourceId,
          ...ids,
          name: cutTo(name, long),
          description: shown
        }))
      )
    }
  )

  it.each(hundreds)("a list of 900 tokens has all details, and a longer list has fewer: %s", (_, source) => {
    const nine = Array.from({ length: 9 }, () => source)
    assert.deepStrictEqual(fitting(nine), nine)
    const longer = [...nine.slice(1), { ...source, name: tokens(21) }]
    assert.deepStrictEqual(
      fitting(longer),
      longer.map(({ description, name }) => ({ sourceId, name, description: cutTo(30, description) }))
    )
  })
})
