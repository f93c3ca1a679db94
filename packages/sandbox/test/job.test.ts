import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Job from "../src/Job.ts"
import type * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, BAD_CSV, GOOD_CSV, start } from "./support/tenant.ts"

const contractors = Source.named("Contractors")

/** Uploads each text, waits each number of milliseconds, and returns the status after each wait. */
const run = (steps: ReadonlyArray<string | number>, options?: Sandbox.Options) =>
  Effect.gen(function* () {
    const { headers, sandbox } = yield* start(options)
    const seen: Array<unknown> = []
    for (const step of steps) {
      if (typeof step === "string") yield* sandbox.upload(contractors.sourceId, step)
      else {
        yield* TestClock.adjust(step)
        const { status } = (yield* askStatus(sandbox, "Contractors", headers)).json() as Record<
          string,
          unknown
        >
        seen.push(status)
      }
    }
    return seen
  })

describe("a job", () => {
  const life = [0, 1_999, 1, 2_999, 1, 600_000]
  const states = ["PENDING", "PENDING", "IN_PROGRESS", "IN_PROGRESS"]
  const lives: ReadonlyArray<readonly [string, ReadonlyArray<string | number>, Array<string>]> = [
    ["ends in COMPLETED over a good file", [GOOD_CSV, ...life], [...states, "COMPLETED", "COMPLETED"]],
    ["ends in ERROR over a bad file", [BAD_CSV, ...life], [...states, "ERROR", "ERROR"]],
    ["fails at once while another one runs", [GOOD_CSV, 3_000, GOOD_CSV, 0], ["IN_PROGRESS", "ERROR"]],
    [
      "that failed so does not end the one that runs",
      [GOOD_CSV, GOOD_CSV, GOOD_CSV, 0, 2_000],
      ["ERROR", "ERROR"]
    ],
    ["starts after the one before", [BAD_CSV, 5_000, GOOD_CSV, 0, 5_000], ["ERROR", "PENDING", "COMPLETED"]]
  ]

  it.effect.each(lives)("%s", ([, steps, seen]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run(steps), seen)
    })
  )

  it.effect("lasts for the times that the sandbox is made with", () =>
    Effect.gen(function* () {
      const jobTiming = { pending: 0, inProgress: "1 minute" } as const

      const seen = yield* run([GOOD_CSV, 0, 59_999, 1], { jobTiming })

      assert.deepStrictEqual(seen, ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"])
    })
  )

  it.effect("is started by either ID of its source, and does not affect other sources", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const retail = Effect.map(askStatus(sandbox, "Retail", headers), ({ text }) => text)

      yield* sandbox.upload(contractors.id, GOOD_CSV)
      const before = yield* retail
      yield* sandbox.upload(Source.named("Retail").sourceId, GOOD_CSV)

      assert.strictEqual((yield* askStatus(sandbox, "Contractors", headers)).text, `{"status":"PENDING"}`)
      assert.deepStrictEqual([before, yield* retail], [`{"status":null}`, `{"status":"PENDING"}`])
    })
  )
})

describe("a file", () => {
  const header = "accountName,firstName,lastName,email,manager"
  const row = "ada,Ada,Lovelace,ada@example.com,grace"
  const quoted = `"ada","A ""A"", B",Lovelace,a@example.com,grace`
  const good: ReadonlyArray<readonly [what: string, csv: string]> = [
    ["the required columns and a row", `${header}\n${row}\n`],
    ["Windows line ends", `${header}\r\n${row}\r\n`],
    ["blank lines", `\n${header}\n\n${row}\n\n`],
    ["an optional column", `${header},phone\n${row},1\n`],
    ["spaces around the names of columns", `${header.replaceAll(",", " , ")}\n${row}`],
    ["cells in quotation marks", `${header}\n${quoted}`],
    ["dates", `${header},startDate,endDate\n${row},2026-01-31,`]
  ]
  const bad: ReadonlyArray<readonly [what: string, csv: string]> = [
    ["a date that is not ISO 8601", `${header},endDate\n${row},31.12.2026`],
    ["an unknown manager", `${header}\n${row.replace("grace", "nobody")}`],
    ["an empty cell that is required", `${header}\n${row.replace("Ada", "")}`],
    ["an empty first cell", `${header}\n${row.replace("ada,", ",")}`],
    ["an unknown column", `${header},shoes\n${row},44`],
    ["no rows", `${header}\n`],
    ["a missing column", `${header.replace(",email", "")}\n${row.replace(",ada@example.com", "")}`],
    ["a row that is too short", `${header}\n${row}\nada,Ada\n`],
    ["a row that is too long", `${header}\n${row},more\n`],
    ["no content", ""],
    ["HTML", "<html></html>"]
  ]

  it.each(good)("with %s ends its job in COMPLETED", (_, csv) => {
    assert.strictEqual(Job.outcomeOf(csv), "COMPLETED")
  })

  it.each(bad)("with %s ends its job in ERROR", (_, csv) => {
    assert.strictEqual(Job.outcomeOf(csv), "ERROR")
  })
})
