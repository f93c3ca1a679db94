import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import { SourceId } from "@sailpoint-bulk-upload/core/SourceId"
import { fitting } from "../../src/handlers/SourceList.ts"

const sources = (count: number, name: string, description: string) =>
  Array.from({ length: count }, (_, n) => ({
    sourceId: SourceId.make(Source.named("Done").sourceId),
    id: SourceId.make(Source.named("Done").id),
    name: `${name} ${n}`,
    description
  }))

describe("a list of sources", () => {
  const NORTH = "Of the office in the north."
  const lists: ReadonlyArray<
    readonly [string, number, description: string, listed: RegExp, withId: boolean]
  > = [
    ["everything about a few", 4, NORTH, /^Of the office in the north\.$/u, true],
    ["a shortened description of more", 12, `${NORTH} `.repeat(10).trim(), /^Of the office.*…$/u, false],
    ["only the name of many", 20, NORTH, /^$/u, false]
  ]

  it.each(lists)("tells %s", (_, count, description, pattern, withId) => {
    const given = sources(count, "Contractors", description)
    const listed = fitting(given)
    assert.deepStrictEqual(
      listed.map(({ name }) => name),
      given.map(({ name }) => name)
    )
    for (const source of listed) {
      assert.match(source.description, pattern)
      assert.strictEqual("id" in source, withId)
    }
  })

  it("tells of more than fit the first ones, and of none nothing", () => {
    const listed = fitting(sources(50, "Contractors", ""))
    assert.isBelow(listed.length, 50)
    assert.deepStrictEqual(
      listed.map(({ name }) => name),
      sources(listed.length, "Contractors", "").map(({ name }) => name)
    )
    assert.deepStrictEqual(fitting([]), [])
  })
})
