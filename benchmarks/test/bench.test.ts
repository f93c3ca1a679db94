/** That the bench runs, all of it; what it measures is no matter of tests. */
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"
import { spread, verdicts } from "../src/Comparison.ts"
import type { Results } from "../src/Results.ts"
import { rows } from "../src/rows/index.ts"

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const bench = async (...args: ReadonlyArray<string>) => {
  const results = join(mkdtempSync(join(tmpdir(), "bench-")), "results.json")
  const ended = await promisify(execFile)(process.execPath, [MAIN, ...args, "--results", results]).catch(
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error
  )
  return { code: "code" in ended ? ended.code : 0, results, ...ended }
}

describe("the bench", () => {
  // Those that need the vendor's SDK, which is not installed for tests, run with the bench itself.
  const runnable = rows.filter(({ needsVendorSdk }) => !needsVendorSdk)

  it("measures each row that installs nothing, and keeps what it found", { timeout: 300_000 }, async () => {
    const ids = runnable.map(({ id }) => id)
    const { code, results, stderr, stdout } = await bench("--quick", "--rows", ids.join())
    assert.strictEqual(code, 0, stderr)
    const kept = JSON.parse(readFileSync(results, "utf8")) as Results
    assert.deepStrictEqual(
      kept.rows.map(({ id }) => id),
      ids
    )
    for (const row of kept.rows) {
      assert.include(stdout, row.title)
      for (const { measured, what } of row.comparisons) {
        assert.isTrue(measured.length > 0 && measured.every(({ samples }) => samples.length > 0), what)
      }
    }
  })

  it(
    "does not take a row that there is none of, and names those that there are",
    { timeout: 60_000 },
    async () => {
      const { code, stderr } = await bench("--rows", "cold-start,speed")
      assert.strictEqual(code, 2)
      assert.include(stderr, 'There is no row "speed".')
      for (const { id } of rows) assert.include(stderr, id)
    }
  )
})

const comparison = (ours: ReadonlyArray<number>, theirs: ReadonlyArray<number>) => ({
  what: "work",
  unit: "ms",
  digits: 0,
  measured: [
    { name: "ours", samples: ours },
    { name: "theirs", samples: theirs }
  ],
  targets: [{ name: "ours", against: "theirs", atMost: 0.5 }]
})

describe("a target", () => {
  it("is about medians, so one slow sample does not miss it", () => {
    assert.isTrue(verdicts(comparison([10, 10, 900], [20, 20, 20])).every(({ met }) => met))
    assert.isFalse(verdicts(comparison([10, 11, 12], [20, 20, 20])).every(({ met }) => met))
  })

  it("is missed where nothing was measured", () => {
    assert.isFalse(verdicts(comparison([], [20])).every(({ met }) => met))
  })

  it("comes with the quartiles of what was measured", () => {
    assert.deepStrictEqual(spread([4, 1, 3, 2, 5]), { median: 3, lower: 2, upper: 4 })
  })
})
