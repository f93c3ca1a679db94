/** What is generated into the documents is what the code makes of it today. */
import { assert, describe, it } from "@effect/vitest"
import { documents } from "../src/GeneratedSection.ts"
import { pictures } from "../src/pictures.ts"
import { sections } from "../src/sections.ts"

describe("what is generated", { timeout: 30_000 }, () => {
  it.each([
    ["sections", () => documents(sections)],
    ["pictures", pictures]
  ] as const)("is up to date: %s", async (_, generated) => {
    for (const { actual, document, expected } of await generated()) {
      assert.strictEqual(actual, expected, `${document} is stale: run pnpm run docs:generate`)
    }
  })
})
