/** Assistants that flood, cancel, disconnect or do not read. */
import { PROTOCOL_VERSION_META_KEY } from "@modelcontextprotocol/client"
import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as AuditLine from "../support/AuditLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const done = Source.named("Done").sourceId

const numbers = (length: number, first = 1) => Array.from({ length }, (_, n) => first + n)

/** Independent calls, and a part of each answer. */
const floods: ReadonlyArray<readonly [string, (id: number) => object, wanted: RegExp]> = [
  ["for one status", (id) => JsonRpc.callStatus(id, done), /"status":"COMPLETED"/u],
  ["with an invalid ID", (id) => JsonRpc.callStatus(id, `x${id}`), /"error":"InvalidSourceId"/u],
  ["for the list of tools", (id) => JsonRpc.listTools(id), /"tools":\[/u]
]

const cancel = JsonRpc.cancelled(1)
const [first, second] = [JsonRpc.callStatus(1, done), JsonRpc.callStatus(2, done)]

/** Messages in one write, and the IDs that are answered. */
const cancellations: ReadonlyArray<
  readonly [string, ReadonlyArray<object>, answered: ReadonlyArray<number>]
> = [
  ["before its call has no effect", [cancel, first, second], [1, 2]],
  ["that is sent twice ends its call", [first, cancel, cancel, second], [2]]
]

/** A number of answers above the server's limit of unread answers. */
const UNREAD = 3_500

/** The peak memory of a process in megabytes, from Linux. */
const peakMegabytes = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024

const hasProc = process.platform === "linux"

describe("over standard input", { timeout: 60_000 }, () => {
  it.live.each(floods)("each of 1,000 concurrent calls %s is answered once", ([, call, wanted]) =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make(), "--log-level", "warn")
      const ids = numbers(1_000)
      yield* server.send(...ids.map(call))
      for (const id of ids) assert.match(JSON.stringify(yield* server.answer(id)), wanted)
      yield* server.closeInput
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.sameMembers(ServerProcess.idsIn(stdout), [0, ...ids])
    })
  )

  it.live.each(cancellations)("a cancellation %s, and the next call is answered", ([, messages, answered]) =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make())
      yield* server.send(...messages)
      for (const id of answered) {
        assert.strictEqual((yield* server.answer(id)).result?.structuredContent?.["status"], "COMPLETED")
      }
      yield* server.closeInput
      const { code, stdout } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.sameMembers(ServerProcess.idsIn(stdout), [0, ...answered])
    })
  )

  it.live("a cancellation after the answer has no effect", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make())
      for (const id of [1, 2]) {
        yield* server.send(JsonRpc.callStatus(id, done))
        yield* server.answer(id)
        yield* server.send(JsonRpc.cancelled(id))
      }
      yield* server.send(JsonRpc.ping(3))
      yield* server.closeInput
      assert.deepStrictEqual(ServerProcess.idsIn((yield* server.ended).stdout), [0, 1, 2, 3])
    })
  )

  it.live("an unknown protocol version is refused in plain text", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.start(["--sandbox"], {})
      const { _meta } = JsonRpc.discover(1).params
      const odd = `odd\u202E\u0007\n${"x".repeat(5_000)}`
      const params = { _meta: { ..._meta, [PROTOCOL_VERSION_META_KEY]: odd } }
      yield* server.send({ ...JsonRpc.discover(1), params })
      const refusal = JSON.stringify(yield* server.answer(1))
      assert.match(refusal, /-32022.*version: odd x/u)
      assert.notMatch(refusal, /\u202E|\\u0007|\\n|x{1001}/u)
    })
  )

  it.live("a canceled call has no answer, and another call for the same source has one", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "1 second" })
      // Once request 4 is answered, call 3 waits for the end of call 2.
      yield* server.send(JsonRpc.callStatus(3, done), JsonRpc.listTools(4))
      yield* server.answer(4)
      yield* server.send(JsonRpc.cancelled(2))
      const { result } = yield* server.answer(3)
      assert.strictEqual(result?.structuredContent?.["status"], "COMPLETED")
      assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
      yield* server.closeInput
      const { stderr, stdout } = yield* server.ended
      assert.deepStrictEqual(ServerProcess.idsIn(stdout), [0, 4, 3])
      assert.deepStrictEqual(AuditLine.outcomesIn(stderr), ["cancelled", "ok"])
    })
  )

  it.live("a message that arrives byte by byte is answered", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make())
      const bytes = Buffer.from(`${JSON.stringify(JsonRpc.callStatus(1, `${done}🦊`))}\n`)
      for (const byte of bytes) yield* server.write(Uint8Array.of(byte))
      assert.include(JSON.stringify((yield* server.answer(1)).result), "🦊")
    })
  )

  it.live("the server stops reading while its answers are unread, continues later, and can always end", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make())
      yield* server.pauseReading
      const ids = numbers(UNREAD)
      yield* server.send(...ids.map((id) => JsonRpc.listTools(id)))
      yield* server.logged(/The assistant does not read its answers: more than 16777216 bytes are unread/u)
      if (hasProc) assert.isBelow(peakMegabytes(server.pid), 600)
      yield* server.resumeReading
      for (const id of ids) assert.isDefined((yield* server.answer(id)).result)
      yield* server.send(JsonRpc.callStatus(9_000, done))
      assert.strictEqual((yield* server.answer(9_000)).result?.structuredContent?.["status"], "COMPLETED")
      yield* server.pauseReading
      yield* server.send(...ids.map((id) => JsonRpc.listTools(10_000 + id)))
      yield* server.logged(/(?:The assistant does not read.*){2}/su)
      yield* server.kill("SIGTERM")
      yield* server.exited
      yield* server.resumeReading
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live("an assistant that reads slowly gets every answer before the server ends", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make())
      yield* server.pauseReading
      const ids = numbers(100)
      yield* server.send(...ids.map((id) => JsonRpc.listTools(id)), JsonRpc.callStatus(101, "none"))
      yield* server.logged(/Tool call/u)
      yield* server.kill("SIGTERM")
      yield* server.resumeReading
      const { code, stdout } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.sameMembers(ServerProcess.idsIn(stdout), [0, ...ids, 101])
    })
  )

  it.live("the server answers calls after the assistant closes the log", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make(), "--log-level", "trace")
      yield* server.closeLog
      for (const id of numbers(5)) {
        yield* server.send(JsonRpc.callStatus(id, done))
        assert.strictEqual((yield* server.answer(id)).result?.structuredContent?.["status"], "COMPLETED")
      }
      yield* server.closeInput
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live("the server ends and aborts its request if standard output closes during a call", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "8 seconds" })
      yield* server.answer(0)
      yield* server.stopReading
      yield* server.send(JsonRpc.ping(3))
      assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(AuditLine.outcomesIn(stderr), ["cancelled"])
    })
  )

  it.live.each([
    [10_485_760, [0, 1], /^$/u],
    [10_485_761, [0], /a line of more than 10485760 characters; no further input is read/u]
  ] as const)("a line of %d characters is read only up to the size limit", ([length, answered, log]) =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.greeted(yield* Sandbox.make())
      yield* server.write(JSON.stringify(JsonRpc.ping(1)).padEnd(length))
      // Above the limit, the server ends by itself.
      if (answered.length === 2) yield* server.closeInput
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, ServerProcess.idsIn(stdout)], [0, answered])
      assert.match(stderr, log)
    })
  )
})
