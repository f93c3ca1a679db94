import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as AuditLine from "../support/AuditLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const signals = ["SIGTERM", "SIGINT"] as const

/** How the calls ended that the log tells of; there is nothing else in it. */
const outcomesIn = (stderr: string) => AuditLine.onlyThose(stderr).map(({ outcome }) => outcome)

/** A server that has greeted its assistant. */
const greeted = (sandbox: Sandbox.Service) =>
  Effect.gen(function* () {
    const server = yield* ServerProcess.start([], ServerProcess.settingsFor(sandbox))
    yield* server.send(JsonRpc.initialize(1), JsonRpc.initialized)
    yield* server.answer(1)
    return server
  })

describe("the server ends", { timeout: 60_000 }, () => {
  it.live("with exit code 0 when standard input closes", () =>
    Effect.gen(function* () {
      const server = yield* greeted(yield* Sandbox.make())
      yield* server.closeInput
      const { code, stderr } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
    })
  )

  it.live("with exit code 0 when standard input closes before anything was said", () =>
    Effect.gen(function* () {
      const server = yield* ServerProcess.start([], ServerProcess.settingsFor(yield* Sandbox.make()))
      yield* server.closeInput
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stderr, stdout], [0, "", ""])
    })
  )

  it.live("when standard input closes during a call, and takes the request back", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "8 seconds" })
      yield* server.closeInput
      assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(outcomesIn(stderr), ["cancelled"])
    })
  )

  it.live("when the assistant reads no more", () =>
    Effect.gen(function* () {
      const server = yield* greeted(yield* Sandbox.make())
      yield* server.stopReading
      yield* server.send(JsonRpc.listTools(2))
      const { code, stderr } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
    })
  )

  it.live("when a line is longer than can be read, instead of hearing nothing any more", () =>
    Effect.gen(function* () {
      const server = yield* greeted(yield* Sandbox.make())
      yield* server.write("x".repeat(11 * 1024 * 1024))
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live.each(signals)("on %s with exit code 0", (signal) =>
    Effect.gen(function* () {
      const server = yield* greeted(yield* Sandbox.make())
      yield* server.kill(signal)
      const { code, stderr } = yield* server.ended
      assert.deepStrictEqual([code, stderr], [0, ""])
    })
  )

  it.live.each(signals)("on %s only after the answers of the running calls", (signal) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "1 second" })
      yield* server.kill(signal)
      const { result } = yield* server.answer(2)
      assert.strictEqual(result?.structuredContent?.["status"], "COMPLETED")
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(outcomesIn(stderr), ["ok"])
    })
  )

  it.live("on SIGTERM also when a call takes long, and takes the request back", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "8 seconds" })
      yield* server.kill("SIGTERM")
      assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(outcomesIn(stderr), ["cancelled"])
    })
  )
})
