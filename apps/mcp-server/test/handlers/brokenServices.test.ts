/** Calls whose services never answer, or die. */
import { ProtocolError } from "@modelcontextprotocol/client"
import { assert, describe, it } from "@effect/vitest"
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import { Explanation } from "@sailpoint-bulk-upload/core/Explanation"
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as TestClock from "effect/testing/TestClock"
import { completeSources } from "../../src/handlers/completeSources.ts"
import type { Failure } from "../../src/mcp/Failure.ts"
import * as InProcess from "../support/InProcess.ts"

const SECRET = "eyJhbGciOi-a-secret"
const TEMPLATE = "sailpoint://non-employee-sources/{sourceId}/bulk-upload-status"
const sourceId = "e136567de87e4d029e60b3c3c55db56d"

/** A client of a server whose services all run one Effect. */
const connected = (call: () => Effect.Effect<never>, layer: Layer.Layer<never>) =>
  Effect.gen(function* () {
    const runtime = ManagedRuntime.make(
      Layer.mergeAll(
        InProcess.noApiClient,
        Layer.mock(BulkUploads)({ check: call }),
        Layer.mock(Explanation)({ explain: call }),
        completeSources,
        layer
      ).pipe(Layer.provideMerge(Layer.mock(NonEmployeeSources)({ list: call })))
    )
    return { client: yield* InProcess.connect(runtime), runtime }
  })

const calls = [
  ["get_bulk_upload_status", { sourceId }, `the status request for source ${sourceId} arrived within 45 s`],
  ["list_non_employee_sources", {}, "the request for the list of sources arrived within 45 s"],
  ["explain_bulk_upload", { sourceId }, `the status request for source ${sourceId} arrived within 45 s`]
] as const

describe("services that never answer, or die", () => {
  it.live.each(calls)(
    "a call of %s without an answer fails after 45 s, because assistants cancel after 60 s",
    ([name, args, says]) =>
      Effect.gen(function* () {
        const asked = yield* Deferred.make<void>()
        const silent = () => Effect.andThen(Deferred.succeed(asked, undefined), Effect.never)
        const { client, runtime } = yield* connected(silent, TestClock.layer())
        const answer = client.callTool({ name, arguments: args })
        yield* Deferred.await(asked)
        yield* Effect.promise(() => runtime.runPromise(TestClock.adjust("45 seconds")))
        const { isError, structuredContent } = yield* Effect.promise(() => answer)
        assert.isTrue(isError)
        const { error, message, retryable } = structuredContent as Failure
        assert.deepStrictEqual([error, retryable], ["RequestTimeout", true])
        assert.include(message, says)
      })
  )

  it.live(
    "a defect returns no values to a completion, and a fixed text with a correlation ID to a reader",
    () =>
      Effect.gen(function* () {
        const log: Array<string> = []
        const logger = Logger.layer([Logger.map(Logger.formatLogFmt, (line) => void log.push(line))])
        const { client } = yield* connected(() => Effect.die(new TypeError(SECRET)), logger)
        const ref = { type: "ref/resource", uri: TEMPLATE } as const
        const { completion } = yield* Effect.promise(() =>
          client.complete({ ref, argument: { name: "sourceId", value: "" } })
        )
        assert.deepStrictEqual(completion.values, [])
        assert.lengthOf(log.splice(0), 1)
        const uri = TEMPLATE.replace("{sourceId}", sourceId)
        const refused: unknown = yield* Effect.promise(() =>
          client.readResource({ uri }).catch((error) => error)
        )
        if (!(refused instanceof ProtocolError)) return assert.fail("The resource was read.")
        const [, id = "missing"] =
          /unexpected went wrong in this server \(correlation ID ([0-9a-f-]{36})\)/u.exec(refused.message) ??
          []
        assert.containSubset(refused, { code: -32_603, data: { error: "InternalError", retryable: true } })
        assert.notInclude(`${refused.message}${JSON.stringify(refused)}`, SECRET)
        // The log has another line for the audit.
        const details = log.filter((line) => line.includes(SECRET))
        assert.lengthOf(details, 1)
        assert.include(details[0], id)
      })
  )
})
