import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Assistant from "../support/Assistant.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const done = Source.named("Done").sourceId

describe("a cancelled call", { timeout: 60_000 }, () => {
  it.live.each(Assistant.kinds)(
    "of a client $name is taken back at SailPoint, and the next is answered",
    (kind) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const assistant = yield* Assistant.connect(kind, ServerProcess.settingsFor(sandbox))
        yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
        const call = yield* Effect.forkScoped(assistant.call({ sourceId: done }))
        yield* sandbox.until(ServerProcess.asked)
        yield* Fiber.interrupt(call)
        assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
        const { structured } = yield* assistant.call({ sourceId: done })
        assert.strictEqual(structured?.["status"], "COMPLETED")
      })
  )

  it.live("gets no answer", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "8 seconds" })
      yield* server.send(JsonRpc.cancelled(2))
      assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
      yield* server.send(JsonRpc.callStatus(3, done))
      yield* server.answer(3)
      yield* server.closeInput
      const ids = ServerProcess.messagesIn((yield* server.ended).stdout).map(({ id }) => id)
      assert.deepStrictEqual(ids, [0, 3])
    })
  )

  it.live("that was the first one, before anything is loaded to answer it, does not spoil the next", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.start([], ServerProcess.settingsFor(sandbox))
      yield* server.send(
        JsonRpc.initialize(0),
        JsonRpc.initialized,
        JsonRpc.callStatus(2, done),
        JsonRpc.cancelled(2),
        JsonRpc.callStatus(3, done)
      )
      const { result } = yield* server.answer(3)
      assert.strictEqual(result?.structuredContent?.["status"], "COMPLETED")
    })
  )

  it.live("leaves another one for the same source running, whose request is sent next", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.startAsking(sandbox, { id: 2, takes: "1 second" })
      // Once 4 is answered, 3 waits for the request of 2 to end.
      yield* server.send(JsonRpc.callStatus(3, done), JsonRpc.listTools(4))
      yield* server.answer(4)
      yield* server.send(JsonRpc.cancelled(2))
      const { result } = yield* server.answer(3)
      assert.strictEqual(result?.structuredContent?.["status"], "COMPLETED")
      assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
    })
  )
})
