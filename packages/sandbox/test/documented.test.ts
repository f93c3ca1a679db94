import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Endpoint } from "../src/Endpoint.ts"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { assertDocumented } from "./support/documented.ts"
import { authorize, credentials, get, GOOD_CSV, send, statusPath } from "./support/tenant.ts"

const form = (csv: string) => {
  const data = new FormData()
  data.set("data", new File([csv], "people.csv"))
  return data
}
const search = (query: object) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ indices: ["events"], queryType: "DSL", queryDsl: query })
})

interface Call {
  readonly endpoint: Exclude<Endpoint, "token">
  readonly resource: string
  /** After the resource and its version. */
  readonly rest?: string
  readonly init?: {
    readonly method: string
    readonly headers?: Record<string, string>
    readonly body: BodyInit
  }
  readonly success?: number
  /** What makes it a bad request: another rest, or another body. */
  readonly bad?: Pick<Call, "rest" | "init">
}

const half = `/${Source.named("Half landed").sourceId}`
const sources = "non-employee-sources"
const bulk = `${half}/non-employee-bulk-upload`
const malformed = (rest: string) => ({ rest: rest.replace(half, "/no-id") })
const calls: ReadonlyArray<Call> = [
  { endpoint: "sources", resource: sources, rest: "?non-employee-count=true", bad: { rest: "?limit=-1" } },
  { endpoint: "source", resource: sources, rest: half, bad: malformed(half) },
  { endpoint: "status", resource: sources, rest: `${bulk}/status`, bad: malformed(`${bulk}/status`) },
  {
    endpoint: "upload",
    resource: sources,
    rest: bulk,
    init: { method: "POST", body: form(GOOD_CSV) },
    success: 202,
    bad: { rest: bulk, init: { method: "POST", body: form("accountName\n") } }
  },
  {
    endpoint: "schemaAttributes",
    resource: sources,
    rest: `/${Source.named("Custom columns").id}/schema-attributes`,
    bad: { rest: "/no-id/schema-attributes" }
  },
  {
    endpoint: "schemaTemplate",
    resource: sources,
    rest: `${half}/schema-attributes-template/download`,
    bad: malformed(`${half}/schema-attributes-template/download`)
  },
  { endpoint: "records", resource: "non-employee-records", bad: { rest: "?sorters=age" } },
  {
    endpoint: "search",
    resource: "search",
    init: search({ match_all: {} }),
    bad: { init: search({ fuzzy: {} }) }
  }
]

/** Sends it, and holds the answer against the documentation. */
const ask = (sandbox: Sandbox.Service, call: Call, version: string, headers: Record<string, string>) =>
  Effect.gen(function* () {
    const { endpoint, init, resource, rest = "" } = call
    const path = version === "v1" ? `/${resource}/v1${rest}` : `/${version}/${resource}${rest}`
    const answered = yield* send(`${sandbox.url}${path}`, {
      ...init,
      headers: { ...init?.headers, ...headers }
    })
    const csv = endpoint === "schemaTemplate" && answered.status === 200
    assertDocumented(endpoint, answered.status, csv ? answered.text : answered.json())
    return answered.status
  })

describe("an answer of the sandbox", () => {
  it.effect.each(calls)("is as documented for $endpoint, whatever its status", (call) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const busy = yield* Sandbox.make({ limit: { requests: 0, per: "1 second" } })
      const headers = yield* authorize(sandbox)
      const unknown = (call.rest ?? "").replace(/^\/[0-9a-f-]{32,36}/u, `/${"f".repeat(32)}`)

      const statuses = [
        yield* ask(sandbox, call, "v2024", headers),
        yield* ask(sandbox, call, "v1", headers),
        yield* ask(sandbox, { ...call, ...call.bad }, "v2024", headers),
        yield* ask(sandbox, call, "v2024", {}),
        yield* ask(sandbox, call, "v2024", yield* authorize(sandbox, "sandbox-no-scope")),
        yield* ask(sandbox, { ...call, rest: unknown }, "v2024", headers),
        yield* ask(busy, call, "v2024", yield* authorize(busy))
      ]

      const { success = 200 } = call
      const missing = unknown === (call.rest ?? "") ? success : 404
      assert.deepStrictEqual(statuses, [success, success, 400, 401, 403, missing, 429])
    })
  )

  it.effect.each(["sandbox", "sandbox-manager"])("is as documented for a token of %s", (clientId) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const body = new URLSearchParams(credentials(clientId))
      const answered = yield* send(`${sandbox.url}/oauth/token`, { method: "POST", body })

      assertDocumented("token", answered.status, answered.json())
    })
  )

  const answering = Source.seeded.filter(({ fault }) => fault === undefined)
  const refusing = ["Busy", "Blocked", "Unwell", "Invalid", "Private"].map(Source.named)

  it.effect.each([...answering, ...refusing])("is as documented for the status of $name", ({ sourceId }) =>
    Effect.gen(function* () {
      const answered = yield* get(yield* Sandbox.make(), statusPath(sourceId))

      assertDocumented("status", answered.status, answered.json())
    })
  )

  const undocumented: ReadonlyArray<readonly [Endpoint, number, unknown]> = [
    ["status", 200, { status: "CANCELLED" }],
    ["status", 200, { status: "ERROR", reason: "unknown" }],
    ["status", 418, {}],
    ["sources", 200, [{ created: "yesterday" }]],
    ["schemaAttributes", 200, [{ label: "Phone" }]]
  ]

  it.each(undocumented)("to %s with %s and %j would be noticed", (endpoint, status, body) => {
    assert.throws(() => assertDocumented(endpoint, status, body))
  })
})
