/** What a bundler can leave out of a program that uses the library. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { bundled } from "../src/Bundle.ts"

/** A text from the module that reads settings. */
const OF_SETTINGS = "is not filled in: its value is still a placeholder."

describe("a bundled program", () => {
  it("contains no code that reads settings if it does not read them", { timeout: 60_000 }, async () => {
    assert.include(readFileSync(await bundled("../test/programWithSettings"), "utf8"), OF_SETTINGS)
    assert.notInclude(readFileSync(await bundled("../test/program"), "utf8"), OF_SETTINGS)
  })
})
