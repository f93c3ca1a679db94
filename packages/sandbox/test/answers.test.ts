import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "../src/Client.ts"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import {
  csvForm,
  exchange,
  type Exchange,
  get,
  GOOD_CSV,
  send,
  start,
  statusPath,
  uploadPath
} from "./support/tenant.ts"

const done = Source.named("Done")
const STATUS = statusPath(done.sourceId)
const LIST = "/v2024/non-employee-sources"

describe("a request", () => {
  const missing = "The authorization header is missing, or has no bearer token"
  const unauthorized: ReadonlyArray<readonly [authorization: string | undefined, error: string]> = [
    [undefined, missing],
    ["Basic c2FuZGJveDpzYW5kYm94", missing],
    ["Bearer ", missing],
    ["Bearer never.issued", "JWT validation failed: JWT is not valid"]
  ]

  it.effect.each(unauthorized)("the authorization '%s' is refused: %s", ([authorization, error]) =>
    Effect.gen(function* () {
      const { answered } = yield* exchange({ request: `GET ${STATUS}`, authorization, status: 401 })
      assert.deepStrictEqual(answered.json(), { error })
    })
  )

  const retail = `${LIST}/${Source.named("Retail").sourceId}`
  const roles: ReadonlyArray<readonly [clientId: string, path: string, status: number]> = [
    ["sandbox-manager", LIST, 403],
    ["sandbox-manager", `${LIST}?requested-for=${Client.ADMIN_IDENTITY}`, 403],
    ["sandbox-manager", `${LIST}?requested-for=${Client.MANAGER_IDENTITY}`, 200],
    ["sandbox-manager", `${LIST}?requested-for=me`, 200],
    ["sandbox-manager", retail, 200],
    ["sandbox-manager", `${LIST}/${done.sourceId}`, 403],
    ["sandbox-manager", `${retail}/schema-attributes`, 200],
    ["sandbox-manager", `${LIST}/${done.sourceId}/schema-attributes`, 403],
    ["sandbox-manager", `${retail}/schema-attributes-template/download`, 403],
    ["sandbox-manager", `${retail}/non-employee-bulk-upload/status`, 403],
    ["sandbox-reader", `${retail}/non-employee-bulk-upload/status`, 200]
  ]

  it.effect.each(roles)("a request needs scope and role: %s gets %s with %d", ([clientId, path, status]) =>
    exchange({ request: `GET ${path}`, clientId, status })
  )

  const noEndpoint = { status: 404, text: "There is no such endpoint." }
  const unknownId = { status: 404, text: `"detailCode":"404 Not found"` }
  const badId = { status: 400, text: `"detailCode":"400.1 Bad Request Content"` }
  const refused: ReadonlyArray<readonly [request: string, expected: Omit<Exchange, "request">]> = [
    [`POST ${STATUS}`, { status: 405, header: ["allow", "GET"] }],
    [`GET ${uploadPath(done.sourceId)}`, { status: 405, header: ["allow", "POST"] }],
    ["GET /oauth/token", { status: 405, header: ["allow", "POST"] }],
    ["GET /v2023/non-employee-sources", noEndpoint],
    ["GET /v1/non-employee-sources", noEndpoint],
    [`GET ${STATUS}/`, noEndpoint],
    [`GET /prefix${STATUS}`, noEndpoint],
    [`GET ${statusPath("")}`, noEndpoint],
    [`GET ${statusPath("f".repeat(32))}`, unknownId],
    [`GET ${statusPath("ffffffff-ffff-4fff-8fff-ffffffffffff")}`, unknownId],
    [`GET ${statusPath(done.sourceId.slice(1))}`, badId],
    [`GET ${statusPath(`${done.sourceId}0`)}`, badId],
    [`GET ${statusPath("5a4d-00000000-4000-8000-000000000005")}`, badId],
    [`GET ${statusPath("a%2Fb")}`, badId]
  ]

  it.effect.each(refused)("%s is refused", ([request, expected]) => exchange({ request, ...expected }))
})

describe("an API version", () => {
  const prefixes = ["beta", "v3", "v2024", "v2025", "v2026"].map((version) => LIST.replace("v2024", version))

  it.effect.each([...prefixes, "/non-employee-sources/v1"])("%s lists, answers and accepts", (prefix) =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const body = csvForm(GOOD_CSV)
      const upload = `${sandbox.url}${prefix}/${done.id}/non-employee-bulk-upload`
      const list = yield* send(`${sandbox.url}${prefix}`, { headers })
      const dashed = yield* send(`${upload}/status`, { headers })
      const status = yield* send(`${upload.replace(done.id, done.sourceId)}/status`, { headers })
      const accepted = yield* send(upload, { method: "POST", headers, body })
      assert.deepStrictEqual(namesIn(list.json()), names)
      assert.strictEqual(status.headers.get("content-type"), "application/json")
      for (const answered of [dashed, status]) assert.strictEqual(answered.text, `{"status":"COMPLETED"}`)
      assert.strictEqual(accepted.status, 202)
    })
  )
})

const names = Source.seeded.map(({ name }) => name)

const namesIn = (list: unknown) => (list as ReadonlyArray<Source.Source>).map(({ name }) => name)

describe("the list of sources", () => {
  const pages: ReadonlyArray<readonly [query: string, expected: ReadonlyArray<string>]> = [
    ["limit=2", names.slice(0, 2)],
    ["offset=3", names.slice(3)],
    ["limit=2&offset=3", names.slice(3, 5)],
    ["sorters=-name&limit=3", names.toSorted().toReversed().slice(0, 3)],
    ["sorters=sourceId,-name", names],
    ["requested-for=me", names],
    [`requested-for=${Client.MANAGER_IDENTITY}`, ["Contractors", "Retail"]],
    ["requested-for=5a4d1d000000000000000000000000ff", []]
  ]

  it.effect.each(pages)("the list of sources is sorted and paged for the query %s", ([query, expected]) =>
    Effect.gen(function* () {
      const answered = yield* get(yield* Sandbox.make(), `${LIST}?${query}`)
      assert.deepStrictEqual(namesIn(answered.json()), expected)
    })
  )

  const bounds = ["limit=251", "limit=-1", "limit=1.5", "limit=", "offset=-1"]
  const others = ["count=yes", "non-employee-count=1", "requested-for=", "sorters=name,constructor"]

  it.effect.each([...bounds, ...others])("the list of sources is refused for the query %s", (query) =>
    exchange({ request: `GET ${LIST}?${query}`, status: 400, text: `"text":"${query.split("=", 1)} is not` })
  )

  it.effect("the list has each source as documented, and counts sources and records on request", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { description, id, name, sourceId } = done
      const item = {
        id,
        sourceId,
        name,
        description,
        approvers: [{ type: "IDENTITY", id: "5a4d1d00000000000000000000000003" }],
        accountManagers: [{ type: "IDENTITY", id: Client.ADMIN_IDENTITY }],
        created: "1969-01-01T00:00:04.000Z",
        modified: "1969-01-01T00:00:04.000Z"
      }
      const plain = yield* get(sandbox, `${LIST}?offset=4&limit=1&count=true`)
      const counted = yield* get(sandbox, `${LIST}?non-employee-count=true&offset=22&limit=3`)
      assert.deepStrictEqual(plain.json(), [{ ...item, nonEmployeeCount: null }])
      assert.deepStrictEqual(counted.text.match(/(?<="nonEmployeeCount":)\d+/gu), ["40", "45", "55"])
      const totals = [plain, counted].map(({ headers }) => headers.get("x-total-count"))
      assert.deepStrictEqual(totals, [String(names.length), null])
    })
  )

  it("the list has unique, well-formed IDs and fits on one page: an org has at most 50 sources", () => {
    assert.isAtMost(names.length, 50)
    const unique = new Set(Source.seeded.flatMap(({ id, name, sourceId }) => [id, name, sourceId]))
    assert.strictEqual(unique.size, names.length * 3)
    for (const { id, sourceId } of Source.seeded) {
      assert.match(sourceId, /^[0-9a-f]{32}$/u)
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
    }
  })

  it("the error for an unknown name lists the seeded sources", () => {
    const message = /No seeded source is named "Nowhere". The names are: Contractors, /u
    assert.throws(() => Source.named("Nowhere"), message)
  })
})
