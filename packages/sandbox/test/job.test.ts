import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Job from "../src/Job.ts"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, authorize, BAD_CSV, GOOD_CSV } from "./support/tenant.ts"

const contractors = Source.named("Contractors")
const retail = Source.named("Retail")

/** The statuses of a source, each asked so many milliseconds after the one before. */
const states = (
  sandbox: Sandbox.Service,
  name: string,
  headers: Record<string, string>,
  waits: ReadonlyArray<number>
) =>
  Effect.forEach(waits, (wait) =>
    TestClock.adjust(wait).pipe(
      Effect.andThen(askStatus(sandbox, name, headers)),
      Effect.map((answered) => (answered.json() as { readonly status: string | null }).status)
    )
  )

describe("a job", () => {
  const lives = [
    { file: "a good file", csv: GOOD_CSV, end: "COMPLETED" },
    { file: "a bad file", csv: BAD_CSV, end: "ERROR" }
  ]

  it.effect.each(lives)("over $file is PENDING for 2 s, IN_PROGRESS for 3 s, then $end for good", (life) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.upload(contractors.sourceId, life.csv)

      const seen = yield* states(sandbox, "Contractors", headers, [0, 1_999, 1, 2_999, 1, 600_000])

      assert.deepStrictEqual(seen, ["PENDING", "PENDING", "IN_PROGRESS", "IN_PROGRESS", life.end, life.end])
    })
  )

  it.effect("takes the times that the sandbox was given", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ jobTiming: { pending: 0, inProgress: "1 minute" } })
      const headers = yield* authorize(sandbox)
      yield* sandbox.upload(contractors.sourceId, GOOD_CSV)

      const seen = yield* states(sandbox, "Contractors", headers, [0, 59_999, 1])

      assert.deepStrictEqual(seen, ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"])
    })
  )

  it.effect("is started by either id of its source, and leaves other sources alone", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      yield* sandbox.upload(contractors.id, GOOD_CSV)

      assert.deepStrictEqual(yield* states(sandbox, "Contractors", headers, [0]), ["PENDING"])
      assert.deepStrictEqual(yield* states(sandbox, "Retail", headers, [0]), [null])
    })
  )

  it.effect("that starts while another runs fails at once, and is the newest one", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.upload(contractors.sourceId, GOOD_CSV)
      yield* TestClock.adjust("3 seconds")

      yield* sandbox.upload(contractors.sourceId, GOOD_CSV)

      const seen = yield* states(sandbox, "Contractors", headers, [0, 2_000])
      assert.deepStrictEqual(seen, ["ERROR", "ERROR"])
    })
  )

  it.effect("that failed for another's sake does not make room: the first one still runs", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.upload(contractors.sourceId, GOOD_CSV)
      yield* sandbox.upload(contractors.sourceId, GOOD_CSV)

      yield* sandbox.upload(contractors.sourceId, GOOD_CSV)

      assert.deepStrictEqual(yield* states(sandbox, "Contractors", headers, [0]), ["ERROR"])
    })
  )

  it.effect("that starts when the one before has ended is taken", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.upload(contractors.sourceId, BAD_CSV)
      yield* TestClock.adjust("5 seconds")

      yield* sandbox.upload(contractors.sourceId, GOOD_CSV)

      const seen = yield* states(sandbox, "Contractors", headers, [0, 5_000])
      assert.deepStrictEqual(seen, ["PENDING", "COMPLETED"])
    })
  )

  it.effect("of one source does not stand in the way of another source's", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.upload(contractors.sourceId, GOOD_CSV)

      yield* sandbox.upload(retail.sourceId, GOOD_CSV)

      assert.deepStrictEqual(yield* states(sandbox, "Retail", headers, [0]), ["PENDING"])
    })
  )
})

describe("a file", () => {
  const header = "accountName,firstName,lastName,email,manager"
  const row = "ada,Ada,Lovelace,ada@example.com,grace"
  const files = [
    { what: "the required columns and a row", csv: `${header}\n${row}\n`, outcome: "COMPLETED" },
    { what: "Windows line ends", csv: `${header}\r\n${row}\r\n`, outcome: "COMPLETED" },
    { what: "blank lines", csv: `\n${header}\n\n${row}\n\n`, outcome: "COMPLETED" },
    { what: "a column more", csv: `${header},phone\n${row},1\n`, outcome: "COMPLETED" },
    {
      what: "spaces around the names of columns",
      csv: `${header.replaceAll(",", " , ")}\n${row}`,
      outcome: "COMPLETED"
    },
    {
      what: "cells in quotation marks",
      csv: `${header}\n"ada","A ""A"", B",Lovelace,a@example.com,grace`,
      outcome: "COMPLETED"
    },
    { what: "dates", csv: `${header},startDate,endDate\n${row},2026-01-31,`, outcome: "COMPLETED" },
    { what: "a date that is not ISO 8601", csv: `${header},endDate\n${row},31.12.2026`, outcome: "ERROR" },
    { what: "an unknown manager", csv: `${header}\n${row.replace("grace", "nobody")}`, outcome: "ERROR" },
    { what: "an empty cell that is required", csv: `${header}\n${row.replace("Ada", "")}`, outcome: "ERROR" },
    { what: "an empty first cell", csv: `${header}\n${row.replace("ada,", ",")}`, outcome: "ERROR" },
    { what: "an unknown column", csv: `${header},shoes\n${row},44`, outcome: "ERROR" },
    { what: "no rows", csv: `${header}\n`, outcome: "ERROR" },
    {
      what: "a missing column",
      csv: `${header.replace(",email", "")}\n${row.replace(",ada@example.com", "")}`,
      outcome: "ERROR"
    },
    { what: "a row that is too short", csv: `${header}\n${row}\nada,Ada\n`, outcome: "ERROR" },
    { what: "a row that is too long", csv: `${header}\n${row},more\n`, outcome: "ERROR" },
    { what: "nothing in it", csv: "", outcome: "ERROR" },
    { what: "something else in it", csv: "<html></html>", outcome: "ERROR" }
  ]

  it.each(files)("with $what ends its job in $outcome", ({ csv, outcome }) => {
    assert.strictEqual(Job.outcomeOf(csv), outcome)
  })
})
