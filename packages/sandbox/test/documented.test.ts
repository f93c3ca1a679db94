import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Struct from "effect/Struct"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { assertDocumented, type Documented as Name } from "./support/documented.ts"
import { authorize, csvForm, GOOD_CSV, send, start, typed } from "./support/tenant.ts"

interface Call {
  readonly resource: string
  /** The path after the resource and its version. */
  readonly rest?: string
  /** The body of a POST request. */
  readonly body?: BodyInit
  readonly success?: number
  /** A bad request instead; by default, one with a malformed source ID. */
  readonly bad?: Pick<Call, "rest" | "body">
}

const search = (queryDsl: object) =>
  typed("application/json", JSON.stringify({ indices: ["events"], queryType: "DSL", queryDsl }))

const resource = "non-employee-sources"
const half = `/${Source.named("Half landed").sourceId}`
const bulk = `${half}/non-employee-bulk-upload`
/** A new endpoint does not compile until it has its row here. */
const calls: Readonly<Record<Name, Call>> = {
  sources: { resource, rest: "?non-employee-count=true", bad: { rest: "?limit=-1" } },
  source: { resource, rest: half },
  status: { resource, rest: `${bulk}/status` },
  upload: {
    resource,
    rest: bulk,
    body: csvForm(GOOD_CSV),
    success: 202,
    bad: { body: csvForm("x\n") }
  },
  schemaAttributes: { resource, rest: `/${Source.named("Custom columns").id}/schema-attributes` },
  schemaTemplate: { resource, rest: `${half}/schema-attributes-template/download` },
  records: { resource: "non-employee-records", bad: { rest: "?sorters=age" } },
  search: {
    resource: "search",
    body: search({ match_all: {} }),
    bad: { body: search({ fuzzy: {} }) }
  }
}

/** Sends the call, checks the answer against the documentation, and returns its status. */
const ask = (
  sandbox: Sandbox.Service,
  row: readonly [Name, Call],
  version: string,
  headers: Record<string, string>
) =>
  Effect.gen(function* () {
    const [endpoint, { body, resource, rest = "" }] = row
    const path = version === "v1" ? `/${resource}/v1${rest}` : `/${version}/${resource}${rest}`
    const init = body === undefined ? {} : { method: "POST", body }
    const answered = yield* send(`${sandbox.url}${path}`, { ...init, headers })
    const isText = endpoint === "schemaTemplate" && answered.status === 200
    assertDocumented(endpoint, answered.status, isText ? answered.text : answered.json())
    return answered.status
  })

describe("an answer of the sandbox", () => {
  it.effect.each(Struct.keys(calls))("an answer is as documented for %s, whatever its status", (name) =>
    Effect.gen(function* () {
      const call = calls[name]
      const { headers, sandbox } = yield* start()
      const busy = yield* Sandbox.make({ limit: { requests: 0, per: "1 second" } })
      const { rest = "", success = 200 } = call
      const id = /^\/[0-9a-f-]{32,36}/u
      const unknown = rest.replace(id, `/${"f".repeat(32)}`)
      const bad = call.bad ?? { rest: rest.replace(id, "/no-id") }

      const statuses = [
        yield* ask(sandbox, [name, call], "v2024", headers),
        yield* ask(sandbox, [name, call], "v1", headers),
        yield* ask(sandbox, [name, { ...call, ...bad }], "v2024", headers),
        yield* ask(sandbox, [name, call], "v2024", {}),
        yield* ask(sandbox, [name, call], "v2024", yield* authorize(sandbox, "sandbox-no-scope")),
        yield* ask(sandbox, [name, { ...call, rest: unknown }], "v2024", headers),
        yield* ask(busy, [name, call], "v2024", yield* authorize(busy))
      ]

      const missing = unknown === rest ? success : 404
      assert.deepStrictEqual(statuses, [success, success, 400, 401, 403, missing, 429])
    })
  )
})
