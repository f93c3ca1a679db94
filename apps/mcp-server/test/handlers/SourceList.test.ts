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
  const long = "Of the office in the north. ".repeat(10).trim()

  it.each([
    [8, long, /^Of the office.*…$/u],
    [12, long, /^Of the office.*…$/u],
    [16, long, /^Of the office.*…$/u],
    [14, "", /^$/u]
  ] as const)(
    "a list of %d sources has shortened descriptions, and one ID for each source",
    (count, given, shown) => {
      const listed = fitting(sources(count, "Contractors", given))
      assert.lengthOf(listed, count)
      for (const source of listed) {
        assert.notProperty(source, "id")
        assert.match(source.description, shown)
      }
    }
  )

  it("a list has only the first sources if not all fit", () => {
    const given = sources(50, "Contractors", "")
    const names = fitting(given).map(({ name }) => name)
    assert.isBelow(names.length, 50)
    assert.deepStrictEqual(
      names,
      given.slice(0, names.length).map(({ name }) => name)
    )
  })
})
