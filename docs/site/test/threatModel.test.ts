import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const ROOT = new URL("../../../", import.meta.url)
const SECURITY = readFileSync(new URL("SECURITY.md", ROOT), "utf8")

/** The rows of the threat model: what is defended against, how, and the tests that show it. */
const rows = Array.from(
  SECURITY.matchAll(/^\| ([^|]+)\| ([^|]+)\| ([^|]+)\|$/gmu),
  ([, threat = "", how = "", tests = ""]) => ({ threat: threat.trim(), how: how.trim(), tests })
).filter(({ threat }) => threat !== "Threat" && !/^-+$/u.test(threat))

describe("the threat model", () => {
  it("says of each threat what is done about it", () => {
    assert.isAbove(rows.length, 15)
    for (const { how, threat } of rows) assert.isAbove(how.length, 20, threat)
  })

  it.each(rows)("names tests that there are: $threat", ({ tests }) => {
    const files = Array.from(tests.matchAll(/`([^`]+)`/gu), ([, file = ""]) => file)
    assert.isNotEmpty(files)
    for (const file of files) {
      assert.match(file, /\.test\.ts$/u)
      assert.isTrue(existsSync(fileURLToPath(new URL(file, ROOT))), file)
    }
  })
})
