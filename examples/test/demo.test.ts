import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const DEMO = fileURLToPath(new URL("../src/demo.ts", import.meta.url))

describe("the demo", () => {
  it("the demo succeeds, and prints plain text without a terminal", { timeout: 60_000 }, async () => {
    const { stderr, stdout } = await promisify(execFile)(process.execPath, [DEMO])
    assert.include(stdout, "Every step succeeded.")
    assert.notInclude(stdout, "\u001B")
    assert.strictEqual(stderr, "")
  })
})
