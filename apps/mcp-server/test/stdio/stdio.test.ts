import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv"
import { assert, describe, it, layer } from "@effect/vitest"
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import { reportOf } from "../../src/handlers/StatusReport.ts"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Assistant from "../support/Assistant.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const states = [
  ["Queued", "PENDING"],
  ["Running", "IN_PROGRESS"],
  ["Done", "COMPLETED"],
  ["Failed", "ERROR"],
  ["Contractors", null],
  ["No status", null]
] as const

const failures = [
  ["a source that the client may not see", Source.named("Private").sourceId, "Forbidden"],
  ["a source that SailPoint does not know", "f".repeat(32), "NotFound"],
  ["an unknown status", Source.named("New status").sourceId, "UnexpectedResponse"],
  ["a text that is not an ID", "contractors", "InvalidSourceId"],
  ["an empty text", "", "InvalidSourceId"]
] as const

describe.each(Assistant.kinds)("a client $name over stdio", { timeout: 60_000 }, (kind) => {
  layer(Assistant.layer(kind), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect(`the client negotiates ${kind.speaks}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Assistant.Assistant).protocolVersion, kind.speaks)
      })
    )

    it.effect.each(states)("a call for %s returns %s, for either form of the ID", ([name, status]) =>
      Effect.gen(function* () {
        const assistant = yield* Assistant.Assistant
        yield* assistant.tools
        for (const sourceId of [Source.named(name).sourceId, Source.named(name).id]) {
          const { isError, structured, text } = yield* assistant.call({ sourceId })
          const { checkedAt, ...rest } = structured ?? {}
          assert.isFalse(isError)
          assert.deepStrictEqual(rest, {
            sourceId,
            status,
            settled: status === "COMPLETED" || status === "ERROR",
            meaning: BulkUploadStatus.meaning(status),
            nextStep: reportOf({ sourceId, status }, DateTime.nowUnsafe()).nextStep
          })
          assert.match(String(checkedAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)
          assert.deepStrictEqual(JSON.parse(text), structured)
        }
      })
    )

    it.effect.each(failures)(
      "a call for %s fails with a result that fits the output schema",
      ([, sourceId, error]) =>
        Effect.gen(function* () {
          const assistant = yield* Assistant.Assistant
          const tool = (yield* assistant.tools).find(({ name }) => name === JsonRpc.TOOL)
          const { isError, structured, text } = yield* assistant.call({ sourceId })
          assert.isTrue(isError)
          assert.strictEqual(structured?.["error"], error)
          assert.deepStrictEqual(JSON.parse(text), structured)
          // Clients 2.x do not check failures, but assistants may.
          const check = new AjvJsonSchemaValidator().getValidator({ ...tool?.outputSchema })
          assert.isUndefined(check(structured).errorMessage)
        })
    )

    it.effect("a failure has SailPoint's message, code and tracking ID", () =>
      Effect.gen(function* () {
        const { sourceId } = Source.named("Private")
        const { structured } = yield* (yield* Assistant.Assistant).call({ sourceId })
        const { message, nextStep, ...rest } = structured ?? {}
        assert.include(String(message), "The user of this token may not see this source.")
        assert.include(String(nextStep), "idn:nelm:read")
        assert.deepStrictEqual(rest, {
          error: "Forbidden",
          retryable: false,
          httpStatus: 403,
          detailCode: "403 Forbidden",
          trackingId: "5a4dfa17000000000000000000000403"
        })
      })
    )
  })
})

const limited = [
  ["Blocked", undefined, { error: "RateLimited", httpStatus: 429, retryAfterSeconds: 90 }, [200, 429]],
  ["Done", "21", { error: "RateLimited", httpStatus: 429, retryAfterSeconds: 21 }, [200, 429]],
  ["Busy", undefined, { status: "COMPLETED" }, [200, 429, 200]]
] as const

describe("an assistant", { timeout: 60_000 }, () => {
  it.live.each(limited)(
    "a call fails with RateLimited only if the back-off is too long: %s",
    ([name, seconds, expected, outcomes]) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        if (seconds !== undefined) {
          yield* sandbox.fail({ endpoint: "status", fault: Fault.rateLimited(seconds) })
        }
        const { call } = yield* Assistant.connect(Assistant.modern, ServerProcess.settingsFor(sandbox))
        const { structured } = yield* call({ sourceId: Source.named(name).sourceId })
        assert.deepInclude(structured, expected)
        assert.deepStrictEqual(
          (yield* sandbox.received).map(({ outcome }) => outcome),
          [...outcomes]
        )
      })
  )
})

describe("one pipe", { timeout: 60_000 }, () => {
  it.live("a server serves a client that tries server/discover and then falls back to initialize", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.start([], ServerProcess.settingsFor(sandbox))
      yield* server.send(JsonRpc.discover(1))
      assert.deepStrictEqual((yield* server.answer(1)).result?.supportedVersions, [JsonRpc.MODERN_VERSION])
      yield* server.send(JsonRpc.initialize(2), JsonRpc.initialized)
      assert.strictEqual((yield* server.answer(2)).result?.protocolVersion, JsonRpc.LEGACY_VERSION)
      yield* server.send(JsonRpc.callStatus(3, Source.named("Done").sourceId))
      assert.strictEqual((yield* server.answer(3)).result?.structuredContent?.["status"], "COMPLETED")
    })
  )
})
