import { assert, describe, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"

const STATUS = "get_bulk_upload_status"
const WAIT = "wait_for_bulk_upload"
const LIST = "list_non_employee_sources"

const { id, sourceId } = Source.named("Done")
const OLD = { sourceId, status: "COMPLETED" }

/** Arguments that real clients send, and a part of the result. */
const accepted: ReadonlyArray<readonly [string, string, Record<string, unknown>, object]> = [
  ["null for every optional argument of the wait", WAIT, { sourceId, timeoutSeconds: null }, OLD],
  [
    "null for every optional argument of the list",
    LIST,
    { nameContains: null, ownedByMe: null },
    { total: Source.seeded.length }
  ],
  ["an argument that Gemini CLI adds", STATUS, { sourceId, wait_for_previous: false }, OLD],
  ["arguments that n8n adds", STATUS, { sourceId, toolCallId: "call_1", sessionId: "s" }, OLD],
  ["a line break after an ID", WAIT, { sourceId: `${sourceId}\r\n` }, OLD],
  [
    "invisible characters around an ID",
    STATUS,
    { sourceId: `\uFEFF\u200B${id}\u2060\u00AD\uFE0F` },
    { sourceId: id }
  ],
  ["no-break spaces around an ID", STATUS, { sourceId: `\u00A0\u3000${id}\u2007` }, { sourceId: id }],
  ...["2026-01-31T10:30:00+01:00", null].map(
    (uploadedAt) =>
      [`uploadedAt ${uploadedAt}`, WAIT, { sourceId, uploadedAt, timeoutSeconds: 1 }, OLD] as const
  )
]

const REFUSED = "InvalidArguments"
const INVALID_ID = "InvalidSourceId"

const refusedTime = (uploadedAt: string, says: string) =>
  [`uploadedAt "${uploadedAt}"`, WAIT, { sourceId, uploadedAt }, REFUSED, `uploadedAt: ${says}`] as const

/** Arguments that are refused, the error, and a part of its message. */
const refused: ReadonlyArray<readonly [string, string, Record<string, unknown>, string, string]> = [
  ["source_id", STATUS, { source_id: sourceId }, REFUSED, "source_id: This argument is named sourceId"],
  ["an empty ID", STATUS, { sourceId: " \u200B\n" }, INVALID_ID, "it is empty"],
  [
    "an ID with a blank within",
    STATUS,
    { sourceId: `${sourceId.slice(0, 8)} ${sourceId.slice(8)}` },
    INVALID_ID,
    "its character 9 is U+0020"
  ],
  ["a source's name", STATUS, { sourceId: "Contractors" }, INVALID_ID, `its character 2 is "o", U+006F`],
  ...["yesterday", "2026-01-31 09:30Z", "2026-01-31T09:30:00+25:00"].map((time) =>
    refusedTime(time, "Expected an ISO 8601 time with a time zone")
  ),
  refusedTime(
    new Date(Date.now() + 3_600_000).toISOString(),
    "this time is in the future, because it is now 2"
  )
]

describe.each([Assistant.modern, ...Assistant.kinds.slice(0, 1)])(
  "the arguments of a client $name",
  { timeout: 60_000 },
  (kind) => {
    layer(Assistant.layer(kind), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
      it.effect.each(accepted)("a tool accepts %s", ([, tool, args, expected]) =>
        Effect.gen(function* () {
          const assistant = yield* Assistant.Assistant
          yield* assistant.tools
          const { isError, structured } = yield* assistant.call(args, tool)
          assert.isFalse(isError, JSON.stringify(structured))
          assert.deepInclude(structured, expected)
        })
      )

      it.effect.each(refused)("a tool refuses %s before any request", ([, tool, args, error, says]) =>
        Effect.gen(function* () {
          const sandbox = yield* Sandbox.Sandbox
          const before = yield* sandbox.received
          const assistant = yield* Assistant.Assistant
          yield* assistant.tools
          const { isError, structured } = yield* assistant.call(args, tool)
          assert.lengthOf(yield* sandbox.received, before.length)
          assert.isTrue(isError)
          assert.deepInclude(structured, { error, retryable: false })
          assert.include(String(structured?.["message"]), says)
          assert.match(String(structured?.["message"]), /^[^\p{Cc}\p{Cf}]+$/u)
          if (error === INVALID_ID) assert.include(String(structured?.["nextStep"]), LIST)
        })
      )
    })
  }
)
