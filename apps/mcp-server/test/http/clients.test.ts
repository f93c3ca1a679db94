import { assert, describe, it, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Assistant from "../support/Assistant.ts"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

class Server extends Context.Service<Server, HttpProcess.HttpProcess>()("test/http/clients/Server") {}

const Serving = Layer.effect(Server, Effect.flatMap(Sandbox.Sandbox, HttpProcess.start)).pipe(
  Layer.provideMerge(Sandbox.layer({ jobTiming: { pending: "1 second", inProgress: "1 second" } }))
)

const done = Source.named("Done").sourceId

const connected = (kind: Assistant.Kind) =>
  Effect.flatMap(Server, ({ url }) => Assistant.connectTo(kind, { _tag: "Http", url: `${url}/mcp` }))

describe.each(Assistant.kinds)("a client $name over HTTP", { timeout: 60_000 }, (kind) => {
  layer(Serving, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect(`a client over HTTP negotiates ${kind.speaks}, and finds the same tools as over stdio`, () =>
      Effect.gen(function* () {
        const overStdio = yield* Assistant.connect(kind, {}, ["--sandbox"])
        const overHttp = yield* connected(kind)
        assert.strictEqual(overHttp.protocolVersion, kind.speaks)
        assert.deepStrictEqual(yield* overHttp.tools, yield* overStdio.tools)
      })
    )

    it.effect("a client over HTTP receives a status, a list, and failures", () =>
      Effect.gen(function* () {
        const { call, tools } = yield* connected(kind)
        yield* tools
        const status = yield* call({ sourceId: done })
        assert.strictEqual(status.structured?.["status"], "COMPLETED")
        assert.deepStrictEqual(JSON.parse(status.text), status.structured)
        const list = yield* call({ nameContains: "done" }, "list_non_employee_sources")
        assert.strictEqual(list.structured?.["total"], 1)
        const failure = yield* call({ sourceId: "f".repeat(32) })
        assert.isTrue(failure.isError)
        assert.strictEqual(failure.structured?.["error"], "NotFound")
        assert.strictEqual((yield* Effect.flip(call({}, "delete_everything"))).code, -32602)
      })
    )

    it.effect("a client over HTTP receives the progress of every check until the wait ends", () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        const { sourceId } = Source.named("Contractors")
        yield* sandbox.upload(sourceId, "accountName,firstName\njdoe,Jane\n")
        const { call } = yield* connected(kind)
        const reported: Array<number> = []
        const { structured } = yield* call({ sourceId }, "wait_for_bulk_upload", ({ progress }) => {
          reported.push(progress)
        })
        assert.deepStrictEqual([structured?.["settled"], structured?.["timedOut"]], [true, false])
        assert.isAbove(reported.length, 1)
        assert.deepStrictEqual(
          reported,
          reported.toSorted((a, b) => a - b)
        )
      })
    )
  })
})

const call = JsonRpc.callStatus(1, done)

const eras = [
  [JsonRpc.LEGACY_VERSION, { body: JSON.stringify(call) }],
  [JsonRpc.MODERN_VERSION, HttpProcess.modernCall(call)]
] as const

// A client of the older protocol sends its cancellation as a separate request, in which nothing distinguishes the call
// from those of other clients. The client has to disconnect instead, as in the tests of connections below.
describe("a cancellation", { timeout: 60_000 }, () => {
  it.live.each(Assistant.kinds.filter(({ speaks }) => speaks === JsonRpc.MODERN_VERSION))(
    "a cancellation by a client $name aborts the request, and the next call is answered",
    (kind) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const { url } = yield* HttpProcess.start(sandbox)
        const { call } = yield* Assistant.connectTo(kind, { _tag: "Http", url: `${url}/mcp` })
        yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
        const cancelled = yield* Effect.forkScoped(call({ sourceId: done }))
        yield* sandbox.until(ServerProcess.asked)
        yield* Fiber.interrupt(cancelled)
        assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
        assert.strictEqual((yield* call({ sourceId: done })).structured?.["status"], "COMPLETED")
      })
  )

  it.live("a cancellation in the older protocol ends no call: without a session, its sender is unknown", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { url } = yield* HttpProcess.start(sandbox)
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "1 second" } })
      const running = yield* Effect.forkScoped(HttpProcess.post(url, { body: JSON.stringify(call) }))
      yield* sandbox.until(ServerProcess.asked)
      const accepted = yield* HttpProcess.post(url, { body: JSON.stringify(JsonRpc.cancelled(1)) })
      assert.deepStrictEqual([accepted.status, accepted.body], [202, ""])
      assert.include((yield* Fiber.join(running)).body, `"status":"COMPLETED"`)
    })
  )
})

describe("a connection", { timeout: 60_000 }, () => {
  it.live.each(eras)("a connection of protocol %s that breaks off cancels its call", ([, request]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { logged, url } = yield* HttpProcess.start(sandbox, { args: ["--log-level", "debug"] })
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
      const call = yield* Effect.forkScoped(HttpProcess.post(url, request))
      yield* sandbox.until(ServerProcess.asked)
      yield* Fiber.interrupt(call)
      assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
      yield* logged(/"A request was not served".*"The client disconnected"/u)
    })
  )
})
