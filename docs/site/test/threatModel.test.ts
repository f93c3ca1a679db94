import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const ROOT = new URL("../../../", import.meta.url)
const SECURITY = readFileSync(new URL("SECURITY.md", ROOT), "utf8")

/** The rows of the threat model: the threat, the defense and its tests. */
const rows = Array.from(
  SECURITY.matchAll(/^\| ([^|]+)\| ([^|]+)\| ([^|]+)\|$/gmu),
  ([, threat = "", how = "", tests = ""]) => ({ threat: threat.trim(), how: how.trim(), tests })
).filter(({ threat }) => threat !== "Threat" && !/^-+$/u.test(threat))

describe("the threat model", () => {
  it("the threat model has a defense for each threat", () => {
    assert.isAbove(rows.length, 15)
    for (const { how, threat } of rows) assert.isAbove(how.length, 20, threat)
  })

  it.each(rows)("the threat model names existing tests: $threat", ({ tests }) => {
    const files = Array.from(tests.matchAll(/`([^`]+)`/gu), ([, file = ""]) => file)
    assert.isNotEmpty(files)
    for (const file of files) {
      assert.match(file, /\.test\.ts$/u)
      assert.isTrue(existsSync(fileURLToPath(new URL(file, ROOT))), file)
    }
  })
})
