import { assert, describe, it } from "@effect/vitest"
import type { Fault } from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { constants } from "node:os"
import * as AuditLine from "../support/AuditLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const signals = ["SIGTERM", "SIGINT"] as const

const done = Source.named("Done").sourceId
const running = Source.named("Running").sourceId

const endings = [
  ["the end of input", ({ closeInput }: ServerProcess.ServerProcess) => closeInput],
  ["SIGTERM", ({ kill }: ServerProcess.ServerProcess) => kill("SIGTERM")],
  ["SIGINT", ({ kill }: ServerProcess.ServerProcess) => kill("SIGINT")]
] as const

/** Timers of 5 seconds and more never fire in the server. */
const NO_LONG_TIMER = `data:text/javascript,${encodeURIComponent(
  "const { setTimeout } = globalThis; globalThis.setTimeout = (run, millis, ...args) => setTimeout(run, millis < 5000 ? millis : 2 ** 31 - 1, ...args)"
)}`

const request = (id: number, method: string, params: object) => ({ jsonrpc: "2.0", id, method, params })

/** A conversation that a script pipes to the server. */
const piped = [
  JsonRpc.initialize(1),
  JsonRpc.initialized,
  JsonRpc.listTools(2),
  JsonRpc.readStatus(3, done),
  request(4, "prompts/get", { name: "did_my_upload_work", arguments: { source: "Done" } }),
  JsonRpc.completeSource(5, "D"),
  JsonRpc.callStatus(6, done),
  JsonRpc.callTool(7, "wait_for_bulk_upload", { sourceId: running, timeoutSeconds: 270 }),
  JsonRpc.callTool(8, "list_non_employee_sources", {})
]

const assertStillRunning = ({ result }: JsonRpc.Message): void => {
  assert.isUndefined(result?.isError)
  assert.deepInclude(result?.structuredContent, { status: "IN_PROGRESS", settled: false, timedOut: true })
  assert.match(
    String(result?.structuredContent?.["nextStep"]),
    /^Still running: call wait_for_bulk_upload again/u
  )
}

/** A server whose wait, with the ID 2, has a first status. */
const waiting = (sandbox: Sandbox.Service) =>
  Effect.gen(function* () {
    const server = yield* ServerProcess.greeted(sandbox)
    const wait = JsonRpc.callTool(2, "wait_for_bulk_upload", { sourceId: running, timeoutSeconds: 270 })
    yield* server.send(JsonRpc.withMeta(wait, { progressToken: "checked" }))
    yield* server.wrote(/"progressToken":"checked"/u)
    return server
  })

describe("shutdown", { timeout: 60_000 }, () => {
  it.live("the server ends with exit code 0 if standard input closes before any message", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.start([], ServerProcess.settingsFor(yield* Sandbox.make()))
      yield* server.closeInput
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stderr, stdout], [0, "", ""])
    })
  )

  it.live("the server answers every request before it ends with standard input", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.start(["--sandbox", "--log-level", "warn"], {})
      yield* server.send(...piped.slice(0, -1))
      // The last line has no line break.
      yield* server.write(JSON.stringify(piped.at(-1)))
      yield* server.closeInput
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
      const answered = ServerProcess.messagesIn(stdout)
      assert.sameMembers(
        answered.map(({ id }) => id),
        piped.flatMap((message) => ("id" in message ? [message.id] : []))
      )
      for (const { error, result } of answered) assert.isTrue(error === undefined && result?.isError !== true)
    })
  )

  it.live.each(endings)("the server ends on %s with exit code 0", ([, end]) =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make())
      yield* end(server)
      const { code, stderr } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
    })
  )

  it.live.each(signals)("the server ends on %s after the answers to the running calls", (signal) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "1 second" })
      yield* server.kill(signal)
      const { result } = yield* server.answer(2)
      assert.strictEqual(result?.structuredContent?.["status"], "COMPLETED")
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(AuditLine.outcomesIn(stderr), ["ok"])
    })
  )

  it.live.each(endings)(
    "the server ends on %s with the answer Cancelled to a long call, and aborts its request",
    ([, end]) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "8 seconds" })
        yield* end(server)
        const { result } = yield* server.answer(2)
        assert.deepInclude(result?.structuredContent, { error: "Cancelled", retryable: true })
        assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
        const { code, stderr } = yield* server.ended
        assert.strictEqual(code, 0)
        assert.deepStrictEqual(AuditLine.outcomesIn(stderr), ["cancelled"])
      })
  )

  it.live.each(endings)("the server ends on %s with the last status of a running wait", ([, end]) =>
    Effect.gen(function* () {
      const server = yield* waiting(yield* Sandbox.make())
      yield* end(server)
      assertStillRunning(yield* server.answer(2))
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live.each(endings)("the server ends on %s with the end of a subscription, without a delay", ([, end]) =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.start([], {
        ...ServerProcess.settingsFor(yield* Sandbox.make()),
        NODE_OPTIONS: `--import=${NO_LONG_TIMER}`
      })
      const { params } = JsonRpc.discover(1)
      yield* server.send(
        JsonRpc.discover(1),
        request(2, "subscriptions/listen", { ...params, notifications: { toolsListChanged: true } })
      )
      yield* server.wrote(/subscriptions\/acknowledged/u)
      yield* end(server)
      assert.deepInclude((yield* server.answer(2)).result, { resultType: "complete" })
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live.each<readonly [string, Fault, (answer: JsonRpc.Message) => void]>([
    ["its first status", { _tag: "Delay", duration: "1 second" }, assertStillRunning],
    [
      "the failure of its first check",
      { _tag: "Respond", status: 503 },
      ({ result }) => assert.deepInclude(result?.structuredContent, { error: "ServerError" })
    ]
  ])("the server ends on SIGTERM, and a wait that has no status yet ends with %s", ([, fault, assertEnded]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault, times: fault._tag === "Delay" ? 1 : 99 })
      const server = yield* ServerProcess.greeted(sandbox)
      yield* server.send(JsonRpc.callTool(2, "wait_for_bulk_upload", { sourceId: running }))
      yield* sandbox.until(ServerProcess.asked)
      yield* server.kill("SIGTERM")
      assertEnded(yield* server.answer(2))
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live.each(signals)("the server ends at once on a second signal, %s", (signal) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* waiting(sandbox)
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
      yield* server.send(JsonRpc.callStatus(3, done))
      yield* sandbox.until((received) => received.some(({ outcome }) => outcome === undefined))
      yield* server.kill("SIGTERM")
      yield* server.answer(2)
      yield* server.kill(signal)
      const { code, stdout } = yield* server.ended
      assert.strictEqual(code, 128 + constants.signals[signal])
      assert.notInclude(stdout, `"id":3`)
    })
  )
})
