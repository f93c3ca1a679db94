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
  it("has shortened descriptions, and one ID each, if it does not fit otherwise", () => {
    const listed = fitting(sources(12, "Contractors", "Of the office in the north. ".repeat(10).trim()))
    assert.lengthOf(listed, 12)
    for (const source of listed) {
      assert.notProperty(source, "id")
      assert.match(source.description, /^Of the office.*…$/u)
    }
  })

  it("has the first sources if not all fit", () => {
    const given = sources(50, "Contractors", "")
    const names = fitting(given).map(({ name }) => name)
    assert.isBelow(names.length, 50)
    assert.deepStrictEqual(
      names,
      given.slice(0, names.length).map(({ name }) => name)
    )
  })
})
