/** What a bundler leaves out of a program, as far as the library has a hand in it. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { bundled } from "../src/Bundle.ts"

/** A text of the module that reads settings. */
const OF_SETTINGS = "SAIL_BASE_URL is not set"

describe("a bundled program", () => {
  it("has nothing in it that reads settings, when it gives them itself", { timeout: 60_000 }, async () => {
    assert.include(readFileSync(await bundled("libraryWithSettingsEntry"), "utf8"), OF_SETTINGS)
    assert.notInclude(readFileSync(await bundled("libraryEntry"), "utf8"), OF_SETTINGS)
  })
})
