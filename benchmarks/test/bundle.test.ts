/** A bundler leaves out unused parts of the library. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { bundled } from "../src/Bundle.ts"

/** A text from the module that reads settings. */
const OF_SETTINGS = "is not filled in: its value is still a placeholder."

describe("a bundled program", { timeout: 60_000 }, () => {
  it("a bundled program has the code that reads settings only if it uses it", async () => {
    assert.include(readFileSync(await bundled("../test/programWithSettings"), "utf8"), OF_SETTINGS)
    assert.notInclude(readFileSync(await bundled("../test/program"), "utf8"), OF_SETTINGS)
  })
})
