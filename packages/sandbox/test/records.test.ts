import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { type Answered, BAD_ROW_CSV, exchange, get, GOOD_CSV } from "./support/tenant.ts"

const RECORDS = "/v2024/non-employee-records"

const recordsOf = (name: string, rest = "") =>
  `${RECORDS}?filters=${encodeURIComponent(`sourceId eq "${Source.named(name).sourceId}"`)}${rest}`

const itemsIn = (answered: Answered) => answered.json() as ReadonlyArray<Readonly<Record<string, string>>>

/** How many records a source has, and how many of them were created and changed since a time. */
const counts = (sandbox: Sandbox.Service, name: string, since: string) =>
  Effect.map(get(sandbox, recordsOf(name, "&count=true")), (answered) => [
    Number(answered.headers.get("x-total-count")),
    itemsIn(answered).filter(({ created = "" }) => created >= since).length,
    itemsIn(answered).filter(({ created = "", modified = "" }) => modified >= since && created < since).length
  ])

const [header = "", row = ""] = GOOD_CSV.split("\n")
const csv = (rows: number) =>
  [header, ...Array.from({ length: rows }, (_, n) => row.replace("ada,", `ada${n},`))].join("\n")

describe("the records of a source", () => {
  const uploads = [
    { name: "Retail", file: csv(6), landed: 6 },
    { name: "Half landed", file: csv(7), landed: 3 },
    { name: "Nothing landed", file: csv(6), landed: 0 },
    { name: "Retail", file: BAD_ROW_CSV, landed: 0 },
    { name: "Retail", file: csv(20_001), landed: 0 },
    { name: "Custom columns", file: `${header},costCenter\n${row},7`, landed: 1 }
  ]

  it.effect.each(uploads)("records grow by $landed when an upload to $name ends, and not before", (upload) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const [before = 0] = yield* counts(sandbox, upload.name, "")
      yield* sandbox.upload(Source.named(upload.name).sourceId, upload.file)
      // A second job fails at once because the first one runs, and lands nothing.
      yield* sandbox.upload(Source.named(upload.name).sourceId, csv(9))

      yield* TestClock.adjust("4999 millis")
      const [during] = yield* counts(sandbox, upload.name, "")
      yield* TestClock.adjust("1 millis")
      const after = yield* counts(sandbox, upload.name, "1970-01-01T00:00:05.000Z")

      assert.strictEqual(during, before)
      assert.deepStrictEqual(after, [before + upload.landed, upload.landed, 0])
    })
  )

  it.effect("records change when an upload names their accounts again", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.upload(Source.named("Retail").sourceId, csv(1))
      yield* TestClock.adjust("1 minute")

      yield* sandbox.upload(Source.named("Retail").sourceId, csv(6))
      yield* TestClock.adjust("1 minute")

      assert.deepStrictEqual(yield* counts(sandbox, "Retail", "1970-01-01T00:01:00.000Z"), [6, 5, 1])
    })
  )

  it.effect("records are sorted and paged for the query", () =>
    Effect.gen(function* () {
      const path = recordsOf("Half landed", "&sorters=-modified&limit=1")

      const records = itemsIn(yield* get(yield* Sandbox.make(), path))

      assert.deepStrictEqual(
        records.map(({ accountName = "" }) => accountName.replace(/^.*\./u, "")),
        ["36"]
      )
    })
  )

  it.effect.each(['name eq "x"', "", 'sourceId eq "x" or'])("the filter '%s' is refused", (filter) =>
    exchange({
      request: `GET ${RECORDS}?filters=${encodeURIComponent(filter)}`,
      status: 400,
      text: "filters is not of the form"
    })
  )

  const all = recordsOf("All landed", "&count=true")
  const dashed = all.replace(/%22.+%22/u, `"${Source.named("All landed").id}"`.replaceAll('"', "%22"))
  const totals: ReadonlyArray<readonly [what: string, path: string, total: string, clientId?: string]> = [
    ["for all sources without a filter", `${RECORDS}?count=true`, "140"],
    ["as none for the dashed ID", dashed, "0"],
    ["as none for a manager of other sources", all, "0", "sandbox-manager"]
  ]

  it.effect.each(totals)("records are counted %s", ([, path, total, clientId = "sandbox"]) =>
    exchange({ request: `GET ${path}`, clientId, status: 200, header: ["x-total-count", total] })
  )

  it.effect("records contain only made-up people", () =>
    Effect.gen(function* () {
      const records = itemsIn(yield* get(yield* Sandbox.make(), RECORDS))
      assert.isNotEmpty(records)
      for (const { email = "", phone = "" } of records) {
        assert.match(email, /@example\.com$/u)
        assert.match(phone, /^20255501\d\d$/u)
      }
    })
  )
})

describe("the template of a source", () => {
  it.effect("the template of a source has the common columns and its own", () =>
    exchange({
      request: `GET /v2024/non-employee-sources/${Source.named("Custom columns").sourceId}/schema-attributes-template/download`,
      status: 200,
      text: "accountName,firstName,lastName,phone,email,manager,startDate,endDate,costCenter,badgeDate\n",
      header: ["content-type", "text/csv"]
    })
  )
})
