import { Client, InMemoryTransport } from "@modelcontextprotocol/client"
import { assert, describe, it } from "@effect/vitest"
import { ApiClient } from "@sailpoint-bulk-upload/core/ApiClient"
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as TestClock from "effect/testing/TestClock"
import { makeServer } from "../src/Server.ts"
import { type Failure, makeAdapter } from "../src/ToolResult.ts"

const calls = [
  ["get_bulk_upload_status", { sourceId: "e136567de87e4d029e60b3c3c55db56d" }],
  ["list_non_employee_sources", {}]
] as const

/** The tools ask the two services above it alone. */
const noApiClient = Layer.mock(ApiClient)({
  tenant: {
    origin: "https://acme.api.identitynow.com",
    host: "acme.api.identitynow.com",
    apiVersion: "v2024"
  },
  accessToken: { get: Effect.never, refused: () => Effect.succeed(false) }
})

describe("a call that SailPoint never answers", () => {
  it.live.each(calls)("%s is answered after 45 s, before assistants hang up at 60 s", ([name, args]) =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const silent = () => Effect.andThen(Deferred.succeed(asked, undefined), Effect.never)
      const runtime = ManagedRuntime.make(
        Layer.mergeAll(
          noApiClient,
          Layer.mock(BulkUploads)({ status: silent }),
          Layer.mock(NonEmployeeSources)({ list: silent }),
          TestClock.layer()
        )
      )
      yield* Effect.addFinalizer(() => runtime.disposeEffect)

      const client = new Client({ name: "test", version: "1.0.0" })
      const [here, there] = InMemoryTransport.createLinkedPair()
      yield* Effect.promise(() =>
        makeServer(makeAdapter(runtime, { sandbox: false }), { sandbox: false }).connect(there)
      )
      yield* Effect.promise(() => client.connect(here))

      const answer = client.callTool({ name, arguments: args })
      yield* Deferred.await(asked)
      yield* Effect.promise(() => runtime.runPromise(TestClock.adjust("45 seconds")))
      const { isError, structuredContent } = yield* Effect.promise(() => answer)
      assert.isTrue(isError)
      const { error, message, retryable } = structuredContent as Failure
      assert.deepStrictEqual([error, retryable], ["RequestTimeout", true])
      assert.include(message, "within 45 s")
    })
  )
})
