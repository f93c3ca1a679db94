/** The generated parts of the documents match the code. */
import { assert, describe, it } from "@effect/vitest"
import { documents } from "../src/GeneratedSection.ts"
import { pictures } from "../src/pictures.ts"
import { sections } from "../src/sections.ts"

describe("generated parts", { timeout: 30_000 }, () => {
  it.each([
    ["sections", () => documents(sections)],
    ["pictures", pictures]
  ] as const)("generated %s are up to date", async (_, generated) => {
    for (const { actual, document, expected } of await generated()) {
      assert.strictEqual(actual, expected, `${document} is stale: run pnpm run docs:generate`)
    }
  })
})
