import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { type Answered, authorize, BAD_ROW_CSV, GOOD_CSV, send } from "./support/tenant.ts"

const get = (sandbox: Sandbox.Service, path: string, clientId?: string) =>
  Effect.flatMap(authorize(sandbox, clientId), (headers) => send(`${sandbox.url}${path}`, { headers }))

const recordsOf = (name: string, rest = "", path = "/v2024/non-employee-records") =>
  `${path}?filters=${encodeURIComponent(`sourceId eq "${Source.named(name).sourceId}"`)}${rest}`

type Rec = Readonly<Record<string, string>>

const recordsIn = (answered: Answered) => answered.json() as ReadonlyArray<Rec>

/** How many records a source has, and how many were created and changed since a time. */
const counts = (sandbox: Sandbox.Service, name: string, since: string) =>
  Effect.map(get(sandbox, recordsOf(name, "&count=true")), (answered) => ({
    total: Number(answered.headers.get("x-total-count")),
    created: recordsIn(answered).filter(({ created = "" }) => created >= since).length,
    changed: recordsIn(answered).filter(
      ({ created = "", modified = "" }) => modified >= since && created < since
    ).length
  }))

const dayBefore = "1969-12-31T00:00:00.000Z"
const start = "1970-01-01T00:00:00.000Z"

describe("the records of a source", () => {
  const pasts = [
    { name: "Contractors", expected: { total: 0, created: 0, changed: 0 } },
    { name: "Nothing landed", expected: { total: 40, created: 0, changed: 0 } },
    { name: "Half landed", expected: { total: 45, created: 5, changed: 5 } },
    { name: "All landed", expected: { total: 55, created: 15, changed: 5 } }
  ]

  it.effect.each(pasts)("show what landed of the upload before the start: $name", ({ expected, name }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      assert.deepStrictEqual(yield* counts(sandbox, name, dayBefore), expected)
    })
  )

  const six = Array.from({ length: 6 }, (_, n) => GOOD_CSV.split("\n")[1]?.replace("ada,", `ada${n},`))
  const file = [GOOD_CSV.split("\n")[0], ...six].join("\n")
  const uploads = [
    { name: "Retail", csv: file, landed: 6 },
    { name: "All landed", csv: file, landed: 6 },
    { name: "Half landed", csv: file, landed: 3 },
    { name: "Nothing landed", csv: file, landed: 0 },
    { name: "Retail", csv: BAD_ROW_CSV, landed: 0 },
    { name: "Retail", csv: file.replace("email", "mail"), landed: 0 }
  ]

  it.effect.each(uploads)("grow by $landed when an upload to $name ends, and not before", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { sourceId } = Source.named(row.name)
      const before = yield* counts(sandbox, row.name, start)
      yield* sandbox.upload(sourceId, row.csv)

      yield* TestClock.adjust("4999 millis")
      assert.deepStrictEqual(yield* counts(sandbox, row.name, start), before)
      yield* TestClock.adjust("1 millis")

      const after = yield* counts(sandbox, row.name, "1970-01-01T00:00:05.000Z")
      assert.deepStrictEqual(after, { total: before.total + row.landed, created: row.landed, changed: 0 })
    })
  )

  it.effect("are changed by an upload that names their accounts again", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { sourceId } = Source.named("Retail")
      yield* sandbox.upload(sourceId, GOOD_CSV)
      yield* TestClock.adjust("1 minute")

      yield* sandbox.upload(sourceId, file.replace("ada0", "ada"))
      yield* TestClock.adjust("1 minute")

      assert.deepStrictEqual(yield* counts(sandbox, "Retail", "1970-01-01T00:01:00.000Z"), {
        total: 6,
        created: 5,
        changed: 1
      })
    })
  )

  it.effect(
    "stay as they are when an upload fails because another runs or because it has too many rows",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const { sourceId } = Source.named("Retail")
        const many = Array.from({ length: 20_001 }, (_, n) => six[0]?.replace("ada0", `a${n}`))
        yield* sandbox.upload(sourceId, GOOD_CSV)
        yield* sandbox.upload(sourceId, file)
        yield* TestClock.adjust("1 minute")
        yield* sandbox.upload(sourceId, [GOOD_CSV.split("\n")[0], ...many].join("\n"))
        yield* TestClock.adjust("1 minute")

        assert.strictEqual((yield* counts(sandbox, "Retail", start)).total, 1)
      })
  )

  const queries = [
    { rest: "&sorters=-modified&limit=1", account: /\.36$/u },
    { rest: "&sorters=created&limit=1", account: /\.1$/u },
    { rest: "&sorters=-created,-id&limit=1", account: /\.45$/u },
    { rest: "&limit=2&offset=44", account: /\.45$/u }
  ]

  it.effect.each(queries)("are sorted and cut as $rest asks", ({ account, rest }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const records = recordsIn(yield* get(sandbox, recordsOf("Half landed", rest)))

      assert.lengthOf(records, 1)
      assert.match(records[0]?.["accountName"] ?? "", account)
    })
  )

  const refused = [
    "sourceId%20eq%20x",
    'name%20eq%20"x"',
    'sourceId%20ne%20"x"',
    "",
    'sourceId%20eq%20"x"%20or'
  ]

  it.effect.each(refused)("are refused with 400 for the filter '%s'", (filters) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* get(sandbox, `/v2024/non-employee-records?filters=${filters}`)

      assert.strictEqual(answered.status, 400)
      assert.include(answered.text, "filters is not of the form")
    })
  )

  const lists = [
    { what: "for all sources without a filter", path: "/v2024/non-employee-records", total: "140" },
    { what: "with v1", path: recordsOf("All landed", "&limit=0", "/non-employee-records/v1"), total: "55" },
    {
      what: "as none for the dashed ID of a source",
      path: "/v2024/non-employee-records?filters=sourceId+eq+%225a4d0000-0000-4000-8000-000000000019%22",
      total: "0"
    },
    {
      what: "as none for an account manager of other sources",
      path: recordsOf("All landed"),
      clientId: "sandbox-manager",
      total: "0"
    }
  ]

  it.effect.each(lists)("are counted $what: $total", ({ clientId, path, total }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* get(sandbox, `${path}${path.includes("?") ? "&" : "?"}count=true`, clientId)

      assert.strictEqual(answered.status, 200)
      assert.strictEqual(answered.headers.get("x-total-count"), total)
    })
  )

  it.effect("show made-up people only", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      for (const record of recordsIn(yield* get(sandbox, recordsOf("All landed")))) {
        assert.match(record["email"] ?? "", /@example\.com$/u)
        assert.match(record["phone"] ?? "", /^20255501\d\d$/u)
      }
    })
  )
})

const SYSTEM = "accountName,firstName,lastName,phone,email,manager,startDate,endDate"

describe("the columns of a source", () => {
  const rows = [
    { name: "Contractors", header: SYSTEM },
    { name: "Custom columns", header: `${SYSTEM},costCenter,badgeDate` }
  ]
  const prefixes = ["/v2024/non-employee-sources/", "/non-employee-sources/v1/"]

  it.effect.each(rows.flatMap((row) => prefixes.map((prefix) => ({ ...row, prefix }))))(
    "are the attributes and the template of $name on $prefix",
    ({ header, name, prefix }) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const path = `${prefix}${Source.named(name).sourceId}/schema-attributes`

        const attributes = recordsIn(yield* get(sandbox, path))
        const template = yield* get(sandbox, `${path}-template/download`)

        assert.strictEqual(attributes.map(({ technicalName }) => technicalName).join(","), header)
        assert.strictEqual(template.text, `${header}\n`)
        assert.strictEqual(template.headers.get("content-type"), "text/csv")
        assert.deepStrictEqual(
          attributes.map(({ system }) => String(system)),
          header.split(",").map((_, index) => String(index < 8))
        )
      })
  )

  it.effect("include the custom ones, which an upload must have", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { sourceId } = Source.named("Custom columns")

      yield* sandbox.upload(
        sourceId,
        GOOD_CSV.replace("manager", "manager,costCenter").replace("grace", "grace,7")
      )
      yield* TestClock.adjust("5 seconds")

      assert.strictEqual((yield* counts(sandbox, "Custom columns", start)).total, 1)
    })
  )

  const users = [
    { clientId: "sandbox-manager", name: "Retail", what: "schema-attributes", status: 200 },
    { clientId: "sandbox-manager", name: "Done", what: "schema-attributes", status: 403 },
    { clientId: "sandbox-manager", name: "Retail", what: "schema-attributes-template/download", status: 403 },
    { clientId: "sandbox-manager", name: "Retail", what: "non-employee-bulk-upload/status", status: 403 },
    { clientId: "sandbox-reader", name: "Retail", what: "schema-attributes-template/download", status: 200 }
  ]

  it.effect.each(users)("and status follow the role: $clientId gets $status for $what of $name", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const path = `/v2024/non-employee-sources/${Source.named(row.name).sourceId}/${row.what}`

      assert.strictEqual((yield* get(sandbox, path, row.clientId)).status, row.status)
    })
  )
})
