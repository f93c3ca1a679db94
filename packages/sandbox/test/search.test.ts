import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { type Answered, authorize, BAD_ROW_CSV, exchange, GOOD_CSV, send, typed } from "./support/tenant.ts"

const search = (sandbox: Sandbox.Service, body: object, query = "") =>
  Effect.flatMap(authorize(sandbox), (headers) =>
    send(`${sandbox.url}/v2024/search${query}`, { method: "POST", headers, body: json(body) })
  )
const json = (body: object) => typed("application/json", JSON.stringify(body))

type Event = Readonly<{ id: string; created: string; attributes?: { errors?: object } }>
const eventsIn = (answered: Answered) => answered.json() as ReadonlyArray<Event>

const match = (action: string) => ({ match: { action: `NON_EMPLOYEE_${action}` } })
const dsl = (queryDsl: object, more: object = {}) => ({
  indices: ["events"],
  queryType: "DSL",
  queryDsl,
  sort: ["-created", "-id"],
  ...more
})
const imports = dsl({
  bool: {
    must: [{ range: { created: { gte: "now-1d" } } }],
    should: [match("BULK_IMPORT_STARTED"), match("BULK_IMPORT_PASSED"), match("BULK_IMPORT_FAILED")],
    minimum_should_match: 1
  }
})
const created = (bounds: object) => ({ range: { created: bounds } })
const only = (name: string) => Sandbox.make({ sources: [Source.named(name)] })

describe("the audit events of an upload", () => {
  it.effect("audit events are created when the job starts and ends, and have the reason of a failure", () =>
    Effect.gen(function* () {
      const sandbox = yield* only("Retail")
      yield* sandbox.upload(Source.named("Retail").sourceId, BAD_ROW_CSV)
      const seen = []
      for (const wait of [0, 1_999, 1, 2_999, 1]) {
        yield* TestClock.adjust(wait)
        seen.push(eventsIn(yield* search(sandbox, imports)).length)
      }
      const [failed, started] = eventsIn(yield* search(sandbox, imports))
      assert.deepStrictEqual(seen, [0, 0, 1, 1, 2])
      assert.strictEqual(started?.created, "1970-01-01T00:00:02.000Z")
      assert.strictEqual(failed?.created, "1970-01-01T00:00:05.000Z")
      assert.deepStrictEqual(failed?.attributes?.errors, [
        "Line 2: manager is not the account ID of an identity."
      ])
    })
  )

  it.effect.each(["CREATE_PASSED", "UPDATE_PASSED"])(
    "audit events include one %s for each row with that result",
    (action) =>
      Effect.gen(function* () {
        const answered = yield* search(yield* only("Half landed"), dsl(match(action)), "?limit=2&count=true")
        assert.lengthOf(eventsIn(answered), 2)
        assert.strictEqual(answered.headers.get("x-total-count"), "5")
      })
  )

  it.effect("audit events are kept for the newest 250 uploads, so that a sandbox does not grow", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ jobTiming: { pending: 0, inProgress: 0 } })
      yield* Effect.replicateEffect(sandbox.upload(Source.named("Retail").sourceId, GOOD_CSV), 260)
      assert.lengthOf(eventsIn(yield* search(sandbox, imports, "?limit=10000")), 500)
    })
  )
})

describe("a search", () => {
  const started = { match: { action: { query: "non_employee_bulk_import_STARTED" } } }
  const all = { match_all: {} }
  const queries: ReadonlyArray<readonly [what: string, body: object, count: number]> = [
    ["everything", dsl(all), 5],
    ["a range from a date", dsl(created({ gte: "1969-12-31T23:45:04Z" })), 4],
    ["a range between dates", dsl(created({ gt: "1969-12-31", lte: "1969-12-31T23:45:02Z" })), 1],
    ["a range counted from now", dsl(created({ gte: "now-15m", lt: "now" })), 5],
    ["a range rounded to the day", dsl(created({ gte: "now-1d/d", lt: "now/d" })), 5],
    ["text in any case", dsl(started), 1],
    ["one word of several", dsl({ match: { name: "import of apples" } }), 2],
    ["a field in another", dsl({ match: { "attributes.sourceName": "named" } }), 5],
    ["must_not", dsl({ bool: { must_not: started } }), 4],
    ["filter, whatever should says", dsl({ bool: { filter: [started], should: [match("X")] } }), 1],
    ["should alone", dsl({ bool: { should: [started, match("X")] } }), 1],
    ["nothing", dsl({ bool: { must: [started, match("X")] } }), 0],
    ["nothing in another index", dsl(all, { indices: ["identities"] }), 0],
    ["everything without an index", dsl(all, { indices: undefined }), 5]
  ]

  it.effect.each(queries)("a search finds %s", ([, body, count]) =>
    Effect.gen(function* () {
      const past = { rows: 6, before: "15 minutes" } as const
      const source = { ...Source.named("Named events"), lands: "half", past } as const
      const sandbox = yield* Sandbox.make({ sources: [source] })
      assert.lengthOf(eventsIn(yield* search(sandbox, body)), count)
    })
  )

  const refusals: ReadonlyArray<readonly [string, object, string]> = [
    ["another query language", { ...imports, queryType: "SAILPOINT" }, "only queryType DSL"],
    ["aggregations", { ...imports, aggregations: {} }, "not a search"],
    ["a sort that is not a list", dsl(all, { sort: "-created" }), "not a search"],
    ["a sort by an unknown field", dsl(all, { sort: ["stack"] }), "sort is not a list of"],
    ["searchAfter without its sort", dsl(all, { sort: [], searchAfter: ["x"] }), "searchAfter does not"],
    ["an unknown clause", dsl({ terms: { action: [] } }), "the clause terms"],
    ["a range over another field", dsl({ range: { id: { gte: "now" } } }), "not over created"],
    ["a range with a word", dsl(created({ gte: "yesterday" })), "with a date"],
    ["a match of two fields", dsl({ match: { id: "x", name: "y" } }), "not one field"],
    ["an unknown key of bool", dsl({ bool: { musts: [] } }), "the key musts"],
    ["a text as a clause of bool", dsl({ bool: { must: ["x"] } }), "not an object with one key"]
  ]

  it.effect.each(refusals)("a search with %s is refused with 400", ([, body, text]) =>
    exchange({ request: "POST /v2024/search", body: json(body), status: 400, text })
  )

  it.effect("a search is refused for a limit above 10,000, or a client without scope or user level", () =>
    Effect.gen(function* () {
      const [request, body] = ["POST /v2024/search", json(imports)]
      yield* exchange({ request: `${request}?limit=10001`, body, status: 400 })
      yield* exchange({ request, body, clientId: "sandbox-reader", status: 403, text: "sp:search:read" })
      yield* exchange({ request, body, clientId: "sandbox-manager", status: 403, text: "SOURCE_ADMIN" })
    })
  )

  it.effect("a search continues after the last document of the previous page", () =>
    Effect.gen(function* () {
      const sandbox = yield* only("Half landed")
      const whole = eventsIn(yield* search(sandbox, dsl(all)))
      const [, second] = whole
      const rest = yield* search(sandbox, dsl(all, { searchAfter: [second?.created, second?.id] }))
      assert.deepStrictEqual(eventsIn(rest), whole.slice(2))
    })
  )

  it.effect.each([
    { filter: { includes: ["action", "actor.name"] }, keys: ["action", "actor"] },
    { filter: { includes: ["status", "id"], excludes: ["id"] }, keys: ["status"] }
  ])("a search returns only the fields that $filter selects", ({ filter, keys }) =>
    Effect.gen(function* () {
      const sandbox = yield* only("Named events")
      const [event] = eventsIn(yield* search(sandbox, dsl(all, { queryResultFilter: filter })))
      assert.hasAllKeys(event, keys)
    })
  )
})
