import { assert, describe, it } from "@effect/vitest"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"
import { settingsFor } from "../support/ServerProcess.ts"
import { countTokens } from "../support/Tokens.ts"

const EXPLAIN = "explain_bulk_upload"
const both = { SAIL_COUNT_RECORDS: "true", SAIL_AUDIT_EVENTS: "true" }
const half = Source.named("Half landed")

const repeated = (n: number, text: string) => `${n}${text.repeat(400)}`.slice(0, 400)

const connected = (env: Record<string, string> = {}, kind: Assistant.Kind = Assistant.modern) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const assistant = yield* Assistant.connect(kind, { ...settingsFor(sandbox), ...env })
    yield* assistant.tools
    return { sandbox, assistant }
  })

describe("explain_bulk_upload", { timeout: 60_000 }, () => {
  it.live.each(Assistant.kinds.map((kind) => [kind.name, kind] as const))(
    "explains an upload of which half has landed, for a client %s",
    ([, kind]) =>
      Effect.gen(function* () {
        const { assistant } = yield* connected(both, kind)
        const args = { sourceId: half.sourceId, csvHeader: "accountName,firstName,lastName,email,manger" }
        const { isError, structured } = yield* assistant.call(args, EXPLAIN)
        assert.isFalse(isError)
        const { checks, columns, events, records, ...rest } = { ...structured }
        assert.deepNestedInclude(records, { total: 45, createdSince: 5, changedSince: 5, complete: true })
        assert.deepNestedInclude(columns, {
          missing: ["manager"],
          unknown: [{ name: "manger", didYouMean: "manager" }],
          problems: []
        })
        assert.deepNestedInclude(events, {
          outcome: "found",
          "items[0].certainty": "named",
          "items[0].text": "The import stopped after 10 of 20 rows."
        })
        assert.match(String(checks), /^SailPoint's own words.+The header/u)
        assert.deepInclude(rest, { status: "ERROR", settled: true, unavailable: [] })
      })
  )

  it.live("searches nothing and counts nothing unless that is switched on, and says how to", () =>
    Effect.gen(function* () {
      const { assistant, sandbox } = yield* connected()
      const { structured } = yield* assistant.call({ sourceId: half.sourceId }, EXPLAIN)
      assert.deepStrictEqual(structured?.["events"], { outcome: "off", items: [] })
      assert.match(String(structured?.["nextStep"]), /SAIL_AUDIT_EVENTS=true/u)
      const received = yield* sandbox.received
      assert.isFalse(received.some(({ path }) => path.includes("/search") || path.includes("limit=250")))
    })
  )

  it.live("is what a status of ERROR leads to", () =>
    Effect.gen(function* () {
      const { assistant } = yield* connected()
      for (const tool of ["get_bulk_upload_status", "wait_for_bulk_upload"]) {
        const { structured } = yield* assistant.call({ sourceId: half.sourceId }, tool)
        assert.match(String(structured?.["nextStep"]), /^Call explain_bulk_upload/u)
      }
    })
  )

  it.live.each([
    ["InvalidSourceId", { sourceId: "Contractors" }],
    ["InvalidArguments", { sourceId: half.sourceId, uploadedAt: "yesterday" }],
    ["InvalidArguments", { sourceId: half.sourceId, uploadedAt: "2999-01-01T00:00:00Z" }],
    ["Forbidden", { sourceId: Source.named("Private").sourceId }]
  ] as const)("fails with %s if it has no status: %o", ([error, args]) =>
    Effect.gen(function* () {
      const { assistant } = yield* connected()
      const { isError, structured } = yield* assistant.call(args, EXPLAIN)
      assert.isTrue(isError)
      assert.strictEqual(structured?.["error"], error)
    })
  )

  it.live.each(["Contractors' ", "外部承包商", "የውጭ ሠራተኞች ", "🧑🏽‍🚒🦺🪪", '"\\', "XQ7/"])(
    "is short, however much there is to say: %s",
    (text) =>
      Effect.gen(function* () {
        const { assistant, sandbox } = yield* connected(both)
        const body = Array.from({ length: 40 }, (_, n) => ({
          technicalName: repeated(n, text),
          required: n < 20
        }))
        const events = Array.from({ length: 50 }, (_, n) => ({
          action: "NON_EMPLOYEE_BULK_IMPORT_FAILED",
          created: "2026-11-28T10:00:00.000Z",
          actor: { name: repeated(n, text) },
          attributes: { sourceId: half.sourceId, errors: [repeated(n, text)] }
        }))
        yield* sandbox.fail({ endpoint: "schemaAttributes", fault: { _tag: "Respond", status: 200, body } })
        yield* sandbox.fail({ endpoint: "search", fault: { _tag: "Respond", status: 200, body: events } })
        const csvHeader = Array.from({ length: 60 }, (_, n) => `${n % 30} ${text.repeat(5)}`).join(";")
        const answer = yield* assistant.call({ sourceId: half.sourceId, csvHeader }, EXPLAIN)
        assert.deepStrictEqual(JSON.parse(answer.text), answer.structured)
        assert.strictEqual(answer.structured?.["status"], "ERROR")
        assert.isAtMost(countTokens(answer.text), 1_000)
      })
  )

  it.live("names the variable to check for a part that is missing", () =>
    Effect.gen(function* () {
      const { assistant, sandbox } = yield* connected()
      yield* sandbox.fail({ endpoint: "schemaAttributes", fault: Fault.gatewayPage(200) })
      const { structured } = yield* assistant.call({ sourceId: half.sourceId }, EXPLAIN)
      assert.match(JSON.stringify(structured?.["unavailable"]), /"what":"columns".+SAIL_BASE_URL/u)
    })
  )

  it.live("is short if everything but the status fails", () =>
    Effect.gen(function* () {
      const { assistant, sandbox } = yield* connected(both)
      for (const endpoint of ["source", "records", "schemaAttributes", "search"] as const) {
        yield* sandbox.fail({ endpoint, fault: { _tag: "Respond", status: 403 }, times: 9 })
      }
      const answer = yield* assistant.call({ sourceId: half.id, csvHeader: "a;b" }, EXPLAIN)
      const { unavailable } = { ...answer.structured }
      assert.lengthOf(unavailable as ReadonlyArray<unknown>, 5)
      assert.isAtMost(countTokens(answer.text), 1_000)
    })
  )
})
