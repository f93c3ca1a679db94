import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { envOf, run, runOn, temporaryFolder } from "./support/Command.ts"

const HEADER = "accountName;firstName;lastName"

describe("explain", { timeout: 180_000 }, () => {
  it.live("explain exits like status, and prints text or one JSON document", () =>
    Effect.gen(function* () {
      const text = yield* runOn(["explain", "Nothing landed", "--csv-header", HEADER])
      assert.strictEqual(text.code, 5)
      assert.match(text.stderr, /^The status may be that of an earlier upload[^\n]+\n$/u)
      assert.match(
        text.stdout,
        /^ERROR\. .*^Records visible to the token: 40$.*^ {2}not searched.*^To check:$/msu
      )
      const counting = { SAIL_COUNT_RECORDS: "true", SAIL_AUDIT_EVENTS: "true" }
      const json = yield* runOn(["explain", "All landed", "--json"], counting)
      assert.strictEqual(json.code, 0)
      const { events, records, status } = JSON.parse(json.stdout)
      assert.deepStrictEqual([status, records.createdSince, events.outcome], ["COMPLETED", 15, "found"])
    })
  )

  it.live("explain prints the reason of a part that is not available", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "records", fault: { _tag: "Respond", status: 200, body: 1 }, times: 9 })
      const { stdout } = yield* run(["explain", "Failed"], { env: envOf(sandbox) })
      assert.match(
        stdout,
        /^Not available:\n {2}records: UnexpectedResponse: the body is not a JSON list of records\. Check that .+\.$/mu
      )
    })
  )

  it.live("explain reads only the first line of a file", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const csv = join(folder, "contractors.csv")
      writeFileSync(csv, `${HEADER}\r\nw.lee;Wren;Lee\r\n`)
      const { code, stdout } = yield* run(["--sandbox", "explain", "Failed", "--csv", csv, "--json"])
      assert.strictEqual(code, 5)
      assert.isNotEmpty(JSON.parse(stdout).columns.problems)
      assert.notMatch(stdout, /Wren|w\.lee/u)
      const both = yield* run(["explain", "Failed", "--csv", csv, "--csv-header", HEADER])
      assert.deepStrictEqual([both.code, both.stdout], [2, ""])
      assert.match(both.stderr, /either --csv or --csv-header/u)
      for (const path of [join(folder, "missing.csv"), folder]) {
        const unreadable = yield* run(["--sandbox", "explain", "Failed", "--csv", path])
        assert.deepStrictEqual([unreadable.code, unreadable.stdout], [2, ""])
        assert.match(
          unreadable.stderr,
          /^The file of --csv cannot be read .+ Give the path of a readable CSV file\.\n$/u
        )
      }
    })
  )
})
