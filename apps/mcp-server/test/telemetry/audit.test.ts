import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as AuditLine from "../support/AuditLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const done = Source.named("Done").sourceId
const forbidden = Source.named("Private").sourceId

const unknownPrompt = { jsonrpc: "2.0", id: 9, method: "prompts/get", params: { name: "unknown" } }

/** Returns the log of a server that answered these calls one by one. */
const logOf = (calls: ReadonlyArray<{ readonly id: number | string }>) =>
  Effect.gen(function* () {
    const server = yield* ServerProcess.greeted(yield* Sandbox.make())
    for (const call of calls) {
      yield* server.send(call)
      yield* server.answer(call.id)
    }
    yield* server.closeInput
    return (yield* server.ended).stderr
  })

describe("the log has one line for a call", { timeout: 60_000 }, () => {
  it.live("the line of a call has its tool, outcome, request and source, and no other argument", () =>
    Effect.gen(function* () {
      const stderr = yield* logOf([
        JsonRpc.callStatus(1, done),
        JsonRpc.callTool(2, "wait_for_bulk_upload", { sourceId: done, timeoutSeconds: 5 }),
        JsonRpc.callTool(3, "list_non_employee_sources", { nameContains: "canary" }),
        JsonRpc.callStatus(4, forbidden),
        JsonRpc.callStatus(5, "canary-pasted\nby mistake"),
        JsonRpc.readStatus(6, done),
        JsonRpc.readStatus(7, forbidden),
        JsonRpc.readStatus(8, "canary"),
        unknownPrompt
      ])
      const shown = AuditLine.all(stderr).map(({ message, outcome, requestId, resource, sourceId, tool }) =>
        [message, tool ?? resource, outcome, requestId, sourceId].join(" ").trim()
      )
      assert.deepStrictEqual(shown, [
        `Tool call get_bulk_upload_status ok 1 ${done}`,
        `Tool call wait_for_bulk_upload ok 2 ${done}`,
        "Tool call list_non_employee_sources ok 3",
        `Tool call get_bulk_upload_status Forbidden 4 ${forbidden}`,
        "Tool call get_bulk_upload_status InvalidSourceId 5",
        `Resource read bulk_upload_status ok 6 ${done}`,
        `Resource read bulk_upload_status Forbidden 7 ${forbidden}`,
        "Resource read bulk_upload_status InvalidSourceId 8"
      ])
      assert.notInclude(stderr, "canary")
    })
  )

  it.live("the line of an unknown tool lacks its name", () =>
    Effect.gen(function* () {
      const names = ["canary-delete-everything", "toString", 5]
      const calls = names.map((name, n) => JsonRpc.callTool(n + 1, name as string, { sourceId: done }))
      const stderr = yield* logOf(calls)
      const unknown = { level: "INFO", message: "Tool call", tool: "unknown", outcome: "UnknownTool" }
      // The call whose name is a number is refused before a tool is looked up.
      const expected = ["1", "2"].map((requestId) => ({ ...unknown, requestId }))
      assert.deepStrictEqual(AuditLine.onlyThose(stderr), expected)
      assert.notInclude(stderr, "canary")
    })
  )

  it.live("the line of a call has its request ID shortened and without control characters", () =>
    Effect.gen(function* () {
      const id = `a level=ERROR\n\u001b[31m${"x".repeat(1000)}`
      const [line, ...others] = AuditLine.onlyThose(yield* logOf([{ ...JsonRpc.callStatus(1, done), id }]))
      assert.strictEqual(line?.["requestId"], `a?level=ERROR??[31m${"x".repeat(45)}`)
      assert.lengthOf(others, 0)
    })
  )
})
