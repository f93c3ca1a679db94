import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"
import { countTokens } from "../support/Tokens.ts"

/** The tokens of the list of tools, which every conversation starts with. */
const LIST_BUDGET = 2_100

/** The tokens that one result may add to the conversation. */
const RESULT_BUDGET = 1_000

const STATUS = "get_bulk_upload_status"
const WAIT = "wait_for_bulk_upload"
const LIST = "list_non_employee_sources"

/**
 * Counts the text block of a result. An assistant passes either the text block or the equal `structuredContent` to its
 * model, not both.
 */
const assertShort = ({ structured, text }: Assistant.Answer) => {
  assert.deepStrictEqual(JSON.parse(text), structured)
  assert.isAtMost(countTokens(text), RESULT_BUDGET)
}

const hex = (n: number, salt: number): string =>
  Array.from({ length: 32 }, (_, i) => ((((n + 7) * (i + 3) * salt) >>> 3) % 16).toString(16)).join("")

/** The 50 sources that a tenant can have, with the longest names and descriptions that the library returns. */
const fifty = (text: string): ReadonlyArray<Source.Source> =>
  Array.from({ length: 50 }, (_, n) => ({
    sourceId: hex(n, 2_654_435_761),
    id: hex(n, 40_503).replace(/^(.{8})(.{4})(.{4})(.{4})/u, "$1-$2-$3-$4-"),
    name: `${n} ${text.repeat(200)}`.slice(0, 200),
    description: text.repeat(500).slice(0, 500)
  }))

const texts = [
  ["English", "Contractors of the regional office, badge access only. "],
  ["capitals and digits", "XQ7-ZK99/B2_"],
  ["German", "Außendienstmitarbeiterüberlassungsverträge "],
  ["Chinese", "外部承包商批量上傳來源"],
  ["Amharic", "የውጭ ሠራተኞች ምንጭ "],
  ["emoji", "🧑🏽‍🚒🦺🪪"],
  ["quotation marks", '"\\'],
  ["one letter", "a"]
] as const

describe("tokens", { timeout: 60_000 }, () => {
  it.live.each(Assistant.kinds)(
    "the list of tools stays within its token budget for a client $name",
    (kind) =>
      Effect.gen(function* () {
        const assistant = yield* Assistant.connect(kind, {}, ["--sandbox"])
        assert.isAtMost(countTokens(JSON.stringify(yield* assistant.listed)), LIST_BUDGET)
      })
  )

  it.live("every status and every failure of the sandbox is short", () =>
    Effect.gen(function* () {
      // A source that does not answer takes 10 s, and its error is tested below.
      const slow = new Set(["Slow", "Silent", "Endless", "Blocked", "Reset", "Cut off", "Gateway"])
      const sources = Source.seeded.filter(({ name }) => !slow.has(name))
      const { assistant } = yield* Assistant.withSandbox(Assistant.modern, { sources })
      for (const { id, sourceId } of sources) {
        assertShort(yield* assistant.call({ sourceId }, STATUS))
        assertShort(yield* assistant.call({ sourceId: id, timeoutSeconds: 1 }, WAIT))
      }
    })
  )

  it.live.each(texts)("a failure with long texts is short for every tool: %s", ([, text]) =>
    Effect.gen(function* () {
      const { assistant, sandbox } = yield* Assistant.withSandbox(Assistant.modern)
      const long = text.repeat(500)
      const words = Array.from({ length: 9 }, (_, n) => ({ locale: "en-US", text: `${n} ${long}` }))
      const body = { detailCode: long, trackingId: long, messages: words, causes: words, error: long }
      for (const endpoint of ["status", "status", "sources"] as const) {
        yield* sandbox.fail({ endpoint, fault: { _tag: "Respond", status: 403, body } })
      }
      const page = `<p>${long}</p>`
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Respond", status: 418, body: page } })
      const { sourceId } = Source.named("Done")
      for (const [tool, args, error] of [
        [STATUS, { sourceId }, "Forbidden"],
        [WAIT, { sourceId, timeoutSeconds: 1 }, "Forbidden"],
        [LIST, {}, "Forbidden"],
        [STATUS, { sourceId }, "UnexpectedResponse"]
      ] as const) {
        const answer = yield* assistant.call(args, tool)
        assert.strictEqual(answer.structured?.["error"], error)
        assertShort(answer)
      }
    })
  )

  it.live.each(texts)("the largest list of sources is short and has at least ten sources: %s", ([, text]) =>
    Effect.gen(function* () {
      const { assistant } = yield* Assistant.withSandbox(Assistant.modern, { sources: fifty(text) })
      const answer = yield* assistant.call({}, LIST)
      assertShort(answer)
      const sources = answer.structured?.["sources"] as ReadonlyArray<unknown>
      assert.isAtLeast(sources.length, 10)
      assert.deepStrictEqual([answer.structured?.["total"], answer.structured?.["truncated"]], [50, true])
    })
  )
})
