import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Job from "../src/Job.ts"
import type * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, BAD_CSV, csvForm, exchange, GOOD_CSV, start, typed } from "./support/tenant.ts"

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
        const answered = (yield* askStatus(sandbox, "Contractors", headers)).json()
        seen.push((answered as { readonly status: unknown }).status)
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
    ["fails at once while another job runs", [GOOD_CSV, 3_000, GOOD_CSV, 0], ["IN_PROGRESS", "ERROR"]],
    ["starts after the job before", [BAD_CSV, 5_000, GOOD_CSV, 0, 5_000], ["ERROR", "PENDING", "COMPLETED"]]
  ]

  it.effect.each(lives)("a job %s", ([, steps, seen]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run(steps), seen)
    })
  )

  it.effect("a job has the durations of the sandbox's options", () =>
    Effect.gen(function* () {
      const jobTiming = { pending: 0, inProgress: "1 minute" } as const
      const seen = yield* run([GOOD_CSV, 0, 59_999, 1], { jobTiming })
      assert.deepStrictEqual(seen, ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"])
    })
  )

  it.effect("a job is started by either ID of its source, and does not affect other sources", () =>
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

describe("an upload over HTTP", () => {
  const request = `POST /v2024/non-employee-sources/${contractors.sourceId}/non-employee-bulk-upload`

  it.effect("an upload over HTTP is accepted and starts a job", () =>
    Effect.gen(function* () {
      const sent = { request, body: csvForm(GOOD_CSV), status: 202 }
      const { answered, headers, sandbox } = yield* exchange(sent)
      const { id, ...job } = answered.json() as { readonly id: string }
      assert.match(id, /^[0-9a-f]{32}$/u)
      const created = "1970-01-01T00:00:00.000Z"
      const { sourceId } = contractors
      assert.deepStrictEqual<object>(job, { sourceId, created, modified: created, status: "PENDING" })
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* askStatus(sandbox, "Contractors", headers)).text, `{"status":"COMPLETED"}`)
    })
  )

  const noFile = "The request has no file in the multipart field data."
  const cut = "multipart/form-data; boundary=cut"
  const shortRow = csvForm(`${GOOD_CSV.replace("email", "mail")}ada,Ada\n`)
  const tooShort = "Line 3 has 2 cells; the header has 5."
  const twice = csvForm("accountName,firstName,lastName,email,manager,email")
  const refusals: ReadonlyArray<readonly [what: string, body: BodyInit, ...errors: Array<string>]> = [
    ["no body", "", noFile],
    ["an empty form", new FormData(), noFile],
    ["the file in another field", csvForm(GOOD_CSV, "file"), noFile],
    ["the bare CSV", typed("text/csv", GOOD_CSV), noFile],
    ["JSON", typed("application/json", "{}"), noFile],
    ["a truncated form", typed(cut, "--cut\r\nContent-Disposition: form-data;"), noFile],
    ["no line", csvForm("\n"), "The file is empty."],
    ["a short row", shortRow, `The column "email" is missing.`, `The column "mail" is unknown.`, tooShort],
    ["a column twice", twice, 'The column "email" appears more than once.', "The file has no rows."]
  ]

  it.effect.each(refusals)("an upload is refused with one error on each line: %s", ([, body, ...errors]) =>
    Effect.gen(function* () {
      const { answered, headers, sandbox } = yield* exchange({ request, body, status: 400 })
      const { messages } = answered.json() as ReturnType<typeof Source.errorBody>
      assert.deepStrictEqual(messages[0]?.text.split("\n"), errors)
      assert.deepStrictEqual((yield* askStatus(sandbox, "Contractors", headers)).json(), { status: null })
    })
  )

  it.effect.each(["sandbox-reader", "sandbox-no-scope"])("an upload by %s lacks the scope", (clientId) =>
    exchange({ request, body: csvForm(GOOD_CSV), clientId, status: 403, text: "idn:nelm:manage" })
  )
})

describe("a file", () => {
  const header = "accountName,firstName,lastName,email,manager"
  const row = "ada,Ada,Lovelace,ada@example.com,grace"
  const quoted = `"ada","A ""A"", B",Lovelace,a@example.com,grace`
  const files: ReadonlyArray<readonly [outcome: string, what: string, csv: string]> = [
    ["COMPLETED", "the required columns and a row", `${header}\n${row}\n`],
    ["COMPLETED", "Windows line ends", `${header}\r\n${row}\r\n`],
    ["COMPLETED", "blank lines", `\n${header}\n\n${row}\n\n`],
    ["COMPLETED", "an optional column", `${header},phone\n${row},1\n`],
    ["COMPLETED", "spaces around the names of columns", `${header.replaceAll(",", " , ")}\n${row}`],
    ["COMPLETED", "cells in quotation marks", `${header}\n${quoted}`],
    ["COMPLETED", "dates", `${header},startDate,endDate\n${row},2026-01-31,`],
    ["ERROR", "a date that is not ISO 8601", `${header},endDate\n${row},31.12.2026`],
    ["ERROR", "an unknown manager", `${header}\n${row.replace("grace", "nobody")}`],
    ["ERROR", "an empty cell that is required", `${header}\n${row.replace("Ada", "")}`],
    ["ERROR", "an empty first cell", `${header}\n${row.replace("ada,", ",")}`],
    ["ERROR", "no rows", `${header}\n`],
    ["ERROR", "a row that is too long", `${header}\n${row},more\n`]
  ]

  it.each(files)("a file ends its job in %s with %s", (outcome, _, csv) => {
    assert.strictEqual(Job.outcomeOf(csv), outcome)
  })
})
