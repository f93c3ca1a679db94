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
  it("tells everything about a few", () => {
    const few = sources(4, "Contractors", "Of the office in the north.")
    assert.deepStrictEqual(fitting(few), few)
  })

  it("leaves the second id out of more, and shortens what describes them", () => {
    const described = sources(12, "Contractors", "Of the office in the north. ".repeat(10).trim())
    const listed = fitting(described)
    assert.lengthOf(listed, 12)
    for (const source of listed) {
      assert.notProperty(source, "id")
      assert.match(source.description, /^Of the office.*…$/u)
    }
  })

  it("tells of many only the id to ask with and the name", () => {
    const listed = fitting(sources(20, "Contractors", "Of the office in the north."))
    assert.lengthOf(listed, 20)
    assert.isTrue(listed.every(({ description }) => description === ""))
  })

  it("tells of more than fit the first ones", () => {
    const listed = fitting(sources(50, "Contractors", ""))
    assert.isBelow(listed.length, 50)
    assert.deepStrictEqual(
      listed.map(({ name }) => name),
      sources(listed.length, "Contractors", "").map(({ name }) => name)
    )
  })

  it("is empty when there are none", () => {
    assert.deepStrictEqual(fitting([]), [])
  })
})
