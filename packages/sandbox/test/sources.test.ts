import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "../src/Client.ts"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { type Answered, get } from "./support/tenant.ts"

const list = (sandbox: Sandbox.Service, query = "", path = "/v2024/non-employee-sources") =>
  get(sandbox, `${path}${query}`)

const names = Source.seeded.map(({ name }) => name)

const namesIn = (answered: Answered) =>
  (answered.json() as ReadonlyArray<Source.Source>).map(({ name }) => name)

describe("the list of sources", () => {
  const paths = [
    ...["beta", "v3", "v2024", "v2025", "v2026"].map((version) => `/${version}/non-employee-sources`),
    "/non-employee-sources/v1"
  ]

  it.effect.each(paths)("has every source, in the documented form, on %s", (path) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* list(sandbox, "", path)

      assert.strictEqual(answered.status, 200)
      assert.deepStrictEqual(namesIn(answered), names)
      const { description, id, name, sourceId } = Source.named("Done")
      assert.deepStrictEqual((answered.json() as ReadonlyArray<unknown>)[4], {
        id,
        sourceId,
        name,
        description,
        approvers: [{ type: "IDENTITY", id: "5a4d1d00000000000000000000000003" }],
        accountManagers: [{ type: "IDENTITY", id: Client.ADMIN_IDENTITY }],
        created: "1969-01-01T00:00:04.000Z",
        modified: "1969-01-01T00:00:04.000Z",
        nonEmployeeCount: null
      })
    })
  )

  const pages = [
    { query: "?limit=2", expected: names.slice(0, 2) },
    { query: "?offset=3", expected: names.slice(3) },
    { query: "?limit=2&offset=3", expected: names.slice(3, 5) },
    { query: "?limit=0", expected: [] },
    { query: "?limit=250", expected: names },
    { query: "?offset=1000", expected: [] },
    { query: "?sorters=name", expected: names.toSorted() },
    { query: "?sorters=-name&limit=3", expected: names.toSorted().toReversed().slice(0, 3) },
    { query: "?sorters=-created", expected: names.toReversed() },
    { query: "?sorters=sourceId,-name", expected: names },
    { query: "?requested-for=me", expected: names },
    { query: `?requested-for=${Client.MANAGER_IDENTITY}`, expected: ["Contractors", "Retail"] },
    { query: "?requested-for=5a4d1d000000000000000000000000ff", expected: [] }
  ]

  it.effect.each(pages)("is cut to the page that $query asks for", ({ expected, query }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* list(sandbox, query)

      assert.deepStrictEqual(namesIn(answered), expected)
    })
  )

  const mistakes = [
    { query: "?limit=251", parameter: "limit" },
    { query: "?limit=-1", parameter: "limit" },
    { query: "?limit=1.5", parameter: "limit" },
    { query: "?limit=1e2", parameter: "limit" },
    { query: "?limit=", parameter: "limit" },
    { query: "?limit=all", parameter: "limit" },
    { query: "?offset=-1", parameter: "offset" },
    { query: "?offset=", parameter: "offset" },
    { query: "?offset=first", parameter: "offset" },
    { query: "?count=yes", parameter: "count" },
    { query: "?non-employee-count=1", parameter: "non-employee-count" },
    { query: "?requested-for=", parameter: "requested-for" },
    { query: "?sorters=", parameter: "sorters" },
    { query: "?sorters=description", parameter: "sorters" },
    { query: "?sorters=name,constructor", parameter: "sorters" }
  ]

  it.effect.each(mistakes)("is refused with 400 for $query", ({ parameter, query }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* list(sandbox, query)

      assert.strictEqual(answered.status, 400)
      const body = answered.json() as ReturnType<typeof Source.errorBody>
      assert.match(body.messages[0]?.text ?? "", new RegExp(`^${parameter} is not`, "u"))
    })
  )

  const counts = [
    { query: "?count=true", total: String(names.length) },
    { query: "?count=true&limit=1&offset=1", total: String(names.length) },
    { query: "?count=false", total: null },
    { query: "", total: null }
  ]

  it.effect.each(counts)("tells X-Total-Count $total for '$query'", ({ query, total }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* list(sandbox, query)

      assert.strictEqual(answered.headers.get("x-total-count"), total)
    })
  )

  it.effect("is that of the sandbox's own sources when it was given some", () =>
    Effect.gen(function* () {
      const own = { id: "i", sourceId: "s", name: "Own", description: "The only one." }
      const sandbox = yield* Sandbox.make({ sources: [own] })

      const answered = yield* list(sandbox)

      assert.deepStrictEqual(namesIn(answered), ["Own"])
    })
  )

  it.effect("has the number of records of each source on request", () =>
    Effect.gen(function* () {
      const answered = yield* list(yield* Sandbox.make(), "?non-employee-count=true&offset=22&limit=3")

      assert.deepStrictEqual(
        (answered.json() as ReadonlyArray<Record<string, unknown>>).map((item) => item["nonEmployeeCount"]),
        [40, 45, 55]
      )
    })
  )
})

describe("the seeded sources", () => {
  it("fit on one page, as an org has at most 50", () => {
    assert.isAtMost(Source.seeded.length, 50)
  })

  it("have no name and no id twice", () => {
    const taken = Source.seeded.flatMap(({ id, name, sourceId }) => [id, name, sourceId])

    assert.strictEqual(new Set(taken).size, Source.seeded.length * 3)
  })

  it.each(Source.seeded)("have well-formed ids: $name", ({ id, sourceId }) => {
    assert.match(sourceId, /^[0-9a-f]{32}$/u)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
  })
})
