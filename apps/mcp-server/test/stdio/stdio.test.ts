import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv"
import { assert, describe, it, layer } from "@effect/vitest"
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import { reportOf } from "../../src/handlers/StatusReport.ts"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
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
  ["a status value that nobody knows", Source.named("New status").sourceId, "UnexpectedResponse"],
  ["a text that is no id", "contractors", "InvalidSourceId"],
  ["an empty text", "", "InvalidSourceId"]
] as const

const malformed = [
  ["an argument whose name is spelled differently", { source_id: Source.named("Done").sourceId }],
  ["an id that is a number", { sourceId: 5 }],
  ["no id", {}]
] as const

describe.each(Assistant.kinds)("a client $name over stdio", { timeout: 60_000 }, (kind) => {
  layer(Assistant.layer(kind), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect(`speaks ${kind.speaks}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Assistant.Assistant).protocolVersion, kind.speaks)
      })
    )

    it.effect("finds the tool", () =>
      Effect.gen(function* () {
        const tools = yield* (yield* Assistant.Assistant).tools
        assert.include(
          tools.map(({ name }) => name),
          JsonRpc.TOOL
        )
      })
    )

    it.effect.each(states)("is told that %s is %s, for either form of the id", ([name, status]) =>
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
            nextStep: reportOf({ sourceId, status }, "").nextStep
          })
          assert.match(String(checkedAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u)
          assert.deepStrictEqual(JSON.parse(text), structured)
        }
      })
    )

    it.effect.each(failures)(
      "is told about %s, in a result that fits the output schema",
      ([, sourceId, error]) =>
        Effect.gen(function* () {
          const assistant = yield* Assistant.Assistant
          const tool = (yield* assistant.tools).find(({ name }) => name === JsonRpc.TOOL)
          const { isError, structured, text } = yield* assistant.call({ sourceId })
          assert.isTrue(isError)
          assert.strictEqual(structured?.["error"], error)
          assert.deepStrictEqual(JSON.parse(text), structured)
          // Clients 2.x do not check failures; assistants may.
          const check = new AjvJsonSchemaValidator().getValidator({ ...tool?.outputSchema })
          assert.isUndefined(check(structured).errorMessage)
        })
    )

    it.effect("is told SailPoint's own words, code and tracking id", () =>
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

    it.effect.each(malformed)("gets an error result for %s, and SailPoint is not asked", ([, args]) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        const before = yield* sandbox.received
        const { isError, text } = yield* (yield* Assistant.Assistant).call(args)
        assert.isTrue(isError)
        assert.match(text, /verbose|sourceId/u)
        assert.lengthOf(yield* sandbox.received, before.length)
      })
    )

    it.effect("gets -32602 for a tool that is not there", () =>
      Effect.gen(function* () {
        const { call } = yield* Assistant.Assistant
        const refused = yield* Effect.flip(call({}, "delete_everything"))
        assert.strictEqual(refused.code, -32602)
      })
    )
  })
})

describe("an assistant", { timeout: 60_000 }, () => {
  it.live("is told at once to stay away for longer than it would wait", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { call } = yield* Assistant.connect(Assistant.modern, ServerProcess.settingsFor(sandbox))
      const { isError, structured } = yield* call({ sourceId: Source.named("Blocked").sourceId })
      assert.isTrue(isError)
      const { error, httpStatus, retryAfterSeconds } = structured ?? {}
      assert.deepStrictEqual([error, httpStatus, retryAfterSeconds], ["RateLimited", 429, 90])
      assert.deepStrictEqual(
        (yield* sandbox.received).map(({ outcome }) => outcome),
        [200, 429]
      )
    })
  )

  it.live("is told so of any wait that would leave no time for the answer", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault: Fault.rateLimited("21") })
      const { call } = yield* Assistant.connect(Assistant.modern, ServerProcess.settingsFor(sandbox))
      const { structured } = yield* call({ sourceId: Source.named("Done").sourceId })
      assert.deepInclude(structured, { error: "RateLimited", retryAfterSeconds: 21 })
    })
  )

  it.live("need not notice a shorter wait", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { call } = yield* Assistant.connect(Assistant.modern, ServerProcess.settingsFor(sandbox))
      const { structured } = yield* call({ sourceId: Source.named("Busy").sourceId })
      assert.strictEqual(structured?.["status"], "COMPLETED")
      assert.deepStrictEqual(
        (yield* sandbox.received).map(({ outcome }) => outcome),
        [200, 429, 200]
      )
    })
  )
})

describe("one pipe", { timeout: 60_000 }, () => {
  it.live("serves a client that tries server/discover and then falls back to initialize", () =>
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
