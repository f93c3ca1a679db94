import { assert, describe, it } from "@effect/vitest"
import type { Endpoint } from "@sailpoint-bulk-upload/sandbox/Endpoint"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"
import { countTokens } from "../support/Tokens.ts"

const EXPLAIN = "explain_bulk_upload"
const both = { SAIL_COUNT_RECORDS: "true", SAIL_AUDIT_EVENTS: "true" }
const half = Source.named("Half landed")

const repeated = (n: number, text: string) => `${n}${text.repeat(400)}`.slice(0, 400)

const times = (count: number, make: (n: number) => object) => Array.from({ length: count }, (_, n) => make(n))

type Answers = ReadonlyArray<readonly [Endpoint, status: number, body?: ReadonlyArray<object>]>

const connected = (env: Record<string, string> = {}, kind: Assistant.Kind = Assistant.modern) =>
  Effect.tap(Assistant.withSandbox(kind, {}, env), ({ assistant }) => assistant.tools)

describe("explain_bulk_upload", { timeout: 60_000 }, () => {
  it.live.each(Assistant.kinds)(
    "explain_bulk_upload explains an upload of which half has landed, for a client $name",
    (kind) =>
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

  it.live(
    "explain_bulk_upload is the next step after ERROR, sends only enabled requests, and names the missing parts",
    () =>
      Effect.gen(function* () {
        const { assistant, sandbox } = yield* connected()
        yield* sandbox.fail({ endpoint: "schemaAttributes", fault: Fault.gatewayPage(200) })
        for (const tool of ["get_bulk_upload_status", "wait_for_bulk_upload"]) {
          const { structured } = yield* assistant.call({ sourceId: half.sourceId }, tool)
          assert.match(String(structured?.["nextStep"]), /^Call explain_bulk_upload/u)
        }
        const { structured } = yield* assistant.call({ sourceId: half.sourceId }, EXPLAIN)
        assert.deepStrictEqual(structured?.["events"], { outcome: "off", items: [] })
        assert.match(String(structured?.["nextStep"]), /SAIL_AUDIT_EVENTS=true/u)
        assert.match(JSON.stringify(structured?.["unavailable"]), /"what":"columns".+SAIL_BASE_URL/u)
        const received = yield* sandbox.received
        assert.isFalse(received.some(({ path }) => path.includes("/search") || path.includes("limit=250")))
      })
  )

  it.live.each([
    ["InvalidSourceId", { sourceId: "Contractors" }],
    ["InvalidArguments", { sourceId: half.sourceId, uploadedAt: "yesterday" }],
    ["InvalidArguments", { sourceId: half.sourceId, uploadedAt: "2999-01-01T00:00:00Z" }],
    ["Forbidden", { sourceId: Source.named("Private").sourceId }]
  ] as const)("explain_bulk_upload fails with %s if it has no status: %o", ([error, args]) =>
    Effect.gen(function* () {
      const { assistant } = yield* connected()
      const { isError, structured } = yield* assistant.call(args, EXPLAIN)
      assert.isTrue(isError)
      assert.strictEqual(structured?.["error"], error)
    })
  )

  const longTexts = (text: string): Answers => [
    ["schemaAttributes", 200, times(40, (n) => ({ technicalName: repeated(n, text), required: n < 20 }))],
    [
      "search",
      200,
      times(50, (n) => ({
        action: "NON_EMPLOYEE_BULK_IMPORT_FAILED",
        created: "2026-11-28T10:00:00.000Z",
        actor: { name: repeated(n, text) },
        attributes: { sourceId: half.sourceId, errors: [repeated(n, text)] }
      }))
    ]
  ]
  const endpoints = ["source", "records", "schemaAttributes", "search"] as const
  const allRefused: Answers = endpoints.map((endpoint) => [endpoint, 403])

  it.live.each([
    ...["Contractors' ", "外部承包商", "የውጭ ሠራተኞች ", "🧑🏽‍🚒🦺🪪", '"\\', "XQ7/"].map(
      (text) => [text, longTexts(text), 0] as const
    ),
    ["every part except the status is refused", allRefused, 5] as const
  ])("an explanation has at most 1,000 tokens, however long the texts are: %s", ([text, answers, missing]) =>
    Effect.gen(function* () {
      const { assistant, sandbox } = yield* connected(both)
      for (const [endpoint, status, body] of answers) {
        yield* sandbox.fail({ endpoint, fault: { _tag: "Respond", status, body }, times: 9 })
      }
      const csvHeader = Array.from({ length: 60 }, (_, n) => `${n % 30} ${text.repeat(5)}`).join(";")
      const sourceId = missing === 0 ? half.sourceId : half.id
      const answer = yield* assistant.call({ sourceId, csvHeader }, EXPLAIN)
      assert.deepStrictEqual(JSON.parse(answer.text), answer.structured)
      assert.strictEqual(answer.structured?.["status"], "ERROR")
      assert.strictEqual(JSON.parse(answer.text).unavailable.length, missing)
      assert.isAtMost(countTokens(answer.text), 1_000)
    })
  )
})
