import { assert, describe, it } from "@effect/vitest"
import { isSkipped } from "@sailpoint-bulk-upload/tooling/redisServer"
import * as Options from "../src/Options.ts"
import { type Counted, isWell, type Report } from "../src/Report.ts"
import { toText } from "../src/Table.ts"
import { type Sample, trends } from "../src/Trend.ts"
import { run } from "./support.ts"

const MEGABYTE = 1024 * 1024

/** Ten minutes in which the heap grows by this number of megabytes per minute, plus garbage. */
const growing = (perMinute: number): ReadonlyArray<Sample> =>
  Array.from({ length: 120 }, (_, n) => ({
    at: n * 5,
    heapBytes: (20 + (n % 3) + (perMinute * n * 5) / 60) * MEGABYTE,
    rssBytes: 100 * MEGABYTE,
    handles: 10 + (n % 5),
    files: 20
  }))

const report: Report = {
  seconds: 600,
  load: 4,
  seed: 1,
  json: false,
  calls: 10,
  outcomes: { ok: 10 },
  faults: 1,
  restarts: 1,
  lost: [],
  exits: { stdio: 0, http: 0 },
  showsLeaks: true,
  held: { stdio: trends(growing(0)) }
}

const limited = (shared: Counted): Report => ({
  ...report,
  limit: { requests: 10, windowMillis: 1_000, shared, unshared: { largest: 20, refused: 3 }, violations: [] }
})

const unwell: ReadonlyArray<readonly [string, Report]> = [
  ["a lost answer", { ...report, lost: ["get_bulk_upload_status {}"] }],
  ["a server that ended badly", { ...report, exits: { stdio: 0, http: "SIGKILL" } }],
  ["a bug in the server", { ...report, outcomes: { InternalError: 1 } }],
  ["a leak", { ...report, held: { stdio: trends(growing(1)) } }],
  ["more requests than the limit", limited({ largest: 11, refused: 0 })],
  ["an answer with 429", limited({ largest: 10, refused: 1 })],
  ["no call", { ...report, calls: 0 }]
]

describe("a soak", { timeout: 120_000 }, () => {
  it("a short soak has calls, faults and a restart, and reports that no answer was lost", async () => {
    const { code, stderr, stdout } = await run("main", "--seconds", "3", "--load", "5", "--seed", "5")
    assert.strictEqual(code, 0, stderr + stdout)
    assert.include(stderr, "Seed 5,")
    assert.match(stdout, /^[1-9]\d* calls in 3 s, seed 5: [1-9]\d* faults, [1-9]\d* restarts/u)
    assert.include(stdout, "Every call ended, and no answer was lost.\nToo short to show a leak")
  })

  it.skipIf(isSkipped)(
    "a soak with replicas keeps the shared limit despite kills and failovers",
    async () => {
      const args = "--replicas 2 --calls 600 --load 30 --json"
      const { code, stderr, stdout } = await run("main", ...args.split(" "))
      assert.strictEqual(code, 0, stderr + stdout)
      const { faults, limit, outcomes }: Report = JSON.parse(stdout)
      assert.isAtLeast(faults, 4)
      assert.isAbove(outcomes["ok"] ?? 0, 200)
      assert.isAbove(limit?.shared.largest ?? 0, 0)
    }
  )

  it("a soak refuses wrong options with the reason", async () => {
    const { code, stderr } = await run("main", "--load", "none")
    assert.strictEqual(code, 2)
    assert.include(stderr, `--load is "none": expected a number above 0 and up to 100000.`)
  })

  it("a soak lasts ten minutes by default", () => {
    assert.containSubset(Options.parse([]), { seconds: 600, load: 4, json: false })
    assert.containSubset(Options.parse(["--", "--minutes", "2", "--seed", "9"]), { seconds: 120, seed: 9 })
    assert.strictEqual(Options.parse(["--help"]), "help")
    assert.property(Options.parse(["--minutes", "1", "--seconds", "1"]), "problem")
  })

  it.each(unwell)("a report with %s is a failure", (_, report) => {
    assert.isFalse(isWell(report))
    assert.include(toText(report), "The soak failed")
  })

  it("a report without problems is a success", () => {
    assert.isTrue(isWell(report))
    assert.isTrue(isWell(limited({ largest: 10, refused: 0 })))
    assert.include(toText(report), "No leak.")
  })
})
