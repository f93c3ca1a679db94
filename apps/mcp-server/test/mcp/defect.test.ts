import { ProtocolError } from "@modelcontextprotocol/client"
import { assert, describe, it } from "@effect/vitest"
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { completeSources } from "../../src/handlers/completeSources.ts"
import * as InProcess from "../support/InProcess.ts"

const SECRET = "eyJhbGciOi-a-secret"
const TEMPLATE = "sailpoint://non-employee-sources/{sourceId}/bulk-upload-status"

const broken = () => Effect.die(new TypeError(SECRET))

/** A client of a server in which everything that is asked goes wrong in a way nobody thought of. */
const connected = Effect.gen(function* () {
  const log: Array<string> = []
  const runtime = ManagedRuntime.make(
    Layer.mergeAll(InProcess.noApiClient, Layer.mock(BulkUploads)({ check: broken }), completeSources).pipe(
      Layer.provideMerge(Layer.mock(NonEmployeeSources)({ list: broken })),
      Layer.provideMerge(Logger.layer([Logger.map(Logger.formatLogFmt, (line) => void log.push(line))]))
    )
  )
  const client = yield* InProcess.connect(runtime)
  return { client, log }
})

describe("a defect", () => {
  it.live("while a resource is read gives a fixed text with a correlation id that the log has, too", () =>
    Effect.gen(function* () {
      const { client, log } = yield* connected
      const uri = TEMPLATE.replace("{sourceId}", "e136567de87e4d029e60b3c3c55db56d")
      const refused = yield* Effect.promise(() =>
        client.readResource({ uri }).then(
          () => assert.fail("It was read."),
          (error: unknown) => error
        )
      )
      assert.instanceOf(refused, ProtocolError)
      assert.match(refused.message, /unexpected went wrong in this server \(correlation id [0-9a-f-]{36}\)/u)
      const [id = "no id"] = /[0-9a-f-]{36}/u.exec(refused.message) ?? []
      assert.containSubset(refused, { code: -32_603, data: { error: "InternalError", retryable: true } })
      assert.notInclude(`${refused.message}${JSON.stringify(refused)}`, SECRET)
      // Beside it there is the line of the audit.
      const told = log.filter((line) => line.includes(SECRET))
      assert.lengthOf(told, 1)
      assert.include(told[0], id)
    })
  )

  it.live("while a source is completed gives nothing to choose from", () =>
    Effect.gen(function* () {
      const { client, log } = yield* connected
      const { completion } = yield* Effect.promise(() =>
        client.complete({
          ref: { type: "ref/resource", uri: TEMPLATE },
          argument: { name: "sourceId", value: "" }
        })
      )
      assert.deepStrictEqual(completion.values, [])
      assert.lengthOf(log, 1)
    })
  )
})
