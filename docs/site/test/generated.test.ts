/** What is generated into the documents is what the code makes of it today. */
import { assert, describe, it } from "@effect/vitest"
import { documents } from "../src/GeneratedSection.ts"
import { sections } from "../src/sections.ts"

describe("generated sections", () => {
  it("are up to date", async () => {
    for (const { actual, document, expected } of await documents(sections)) {
      assert.strictEqual(actual, expected, `${document} is stale: run pnpm run docs:generate`)
    }
  })
})
