import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Assistant from "../support/Assistant.ts"
import { callTool } from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const WAIT = "wait_for_bulk_upload"
const idOf = (name: string) => Source.named(name).sourceId

/** The request may never have been sent, so the message does not say that SailPoint did not answer. */
const noAnswerFrom = (name: string) =>
  `No complete answer to the status request for source ${idOf(name)} arrived within 1 s.`

const statusRequestsFor = (received: ReadonlyArray<Sandbox.Received>, name: string) =>
  received.filter(({ path }) => path.includes(`${idOf(name)}/non-employee-bulk-upload/status`))

describe.each(Assistant.kinds)("a waiting client $name", { timeout: 60_000 }, (kind) => {
  it.live("a canceled wait sends no more requests, and the server answers the next call", () =>
    Effect.gen(function* () {
      const { assistant, sandbox } = yield* Assistant.withSandbox(kind)
      const waiting = yield* Effect.forkChild(assistant.call({ sourceId: idOf("Running") }, WAIT))
      yield* sandbox.until((received) => statusRequestsFor(received, "Running")[0]?.outcome === 200)
      yield* Fiber.interrupt(waiting)
      // This wait lasts longer than the interval between two checks of the canceled one.
      const other = yield* assistant.call({ sourceId: idOf("Queued"), timeoutSeconds: 2 }, WAIT)
      assert.strictEqual(other.structured?.["timedOut"], true)
      assert.isAtLeast(statusRequestsFor(yield* sandbox.received, "Queued").length, 2)
      assert.strictEqual(statusRequestsFor(yield* sandbox.received, "Running").length, 1)
    })
  )
})

describe("waiting", { timeout: 60_000 }, () => {
  it.live("a wait without a progress token sends no progress", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const server = yield* ServerProcess.greeted(sandbox)
      yield* server.send(callTool(1, WAIT, { sourceId: idOf("Running"), timeoutSeconds: 1 }))
      yield* server.answer(1)
      yield* server.closeInput
      const { stdout } = yield* server.ended
      assert.notInclude(stdout, "notifications/progress")
    })
  )

  it.live.each([
    ["an error that is not retryable", "Private", { error: "Forbidden" }],
    ["a request without an answer", "Silent", { error: "RequestTimeout", message: noAnswerFrom("Silent") }],
    ["a limit that lasts longer than the wait", "Blocked", { error: "RateLimited", retryAfterSeconds: 90 }]
  ] as const)("a wait fails with %s", ([, name, expected]) =>
    Effect.gen(function* () {
      const { assistant } = yield* Assistant.withSandbox(Assistant.modern)
      const { isError, structured } = yield* assistant.call({ sourceId: idOf(name), timeoutSeconds: 1 }, WAIT)
      assert.isTrue(isError)
      assert.deepInclude(structured, expected)
    })
  )
})
