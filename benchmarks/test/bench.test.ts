/** Runs the whole bench, without an assertion about its measurements. */
import { isSkipped } from "@sailpoint-bulk-upload/tooling/redisServer"
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"
import type { Figure } from "../src/Figure.ts"
import type { Results } from "../src/Results.ts"
import { rows } from "../src/rows/index.ts"

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const newFile = () => join(mkdtempSync(join(tmpdir(), "bench-")), "results.json")

const bench = async (...args: ReadonlyArray<string>) => {
  const ended = await promisify(execFile)(process.execPath, [MAIN, ...args]).catch(
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error
  )
  return { code: 0, ...ended }
}

const read = (file: string): Results => JSON.parse(readFileSync(file, "utf8"))

const figure: Figure = {
  what: "work",
  unit: "ms",
  ours: [10, 11, 12],
  against: { name: "theirs", samples: [20, 20] },
  target: { atMost: 0.6 }
}
const refused: Figure = { what: "refused", unit: "requests", ours: [1], target: { atMost: 0 } }
const check = (...figures: ReadonlyArray<Figure>) => {
  const file = newFile()
  const rows = [{ id: "row", figures }]
  const results = { at: "", quick: true, commit: "", machine: "", versions: {}, rows }
  writeFileSync(file, JSON.stringify(results satisfies Results))
  return bench("--last", "--check", "--results", file)
}

describe("the bench", () => {
  it("the bench runs every row and keeps the figures", { timeout: 300_000 }, async () => {
    const ids = rows.map(({ id }) => id).filter((id) => !isSkipped || id !== "shared-limit")
    const file = newFile()
    const { code, stderr, stdout } = await bench("--quick", "--rows", ids.join(), "--results", file)
    assert.strictEqual(code, 0, stderr)
    const { rows: kept } = read(file)
    const keptIds = kept.map(({ id }) => id)
    assert.deepStrictEqual(keptIds, ids)
    for (const { against, ours, what } of kept.flatMap(({ figures }) => figures)) {
      assert.include(stdout, what)
      assert.isNotEmpty(ours, what)
      assert.isNotEmpty(against?.samples ?? ours, what)
    }
  })

  it.each([
    [0, "every target is met", [figure], /^work +theirs +11 \/ 20 ms +0\.55 × +≤ 0\.6 × +met$/mu],
    [1, "one target is missed", [figure, refused], /^refused +1 requests +≤ 0 requests +MISSED$/mu]
  ] as const)("the bench exits with %d if %s", { timeout: 60_000 }, async (expected, _, figures, line) => {
    const { code, stdout } = await check(...figures)
    assert.strictEqual(code, expected)
    assert.match(stdout, line)
  })

  it("the bench refuses an unknown row and lists the rows", { timeout: 60_000 }, async () => {
    const { code, stderr } = await bench("--rows", "cold-start,speed")
    assert.strictEqual(code, 2)
    assert.include(stderr, 'There is no row "speed".')
    for (const { id } of rows) assert.include(stderr, id)
  })
})
