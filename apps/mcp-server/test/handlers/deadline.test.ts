import { assert, describe, it } from "@effect/vitest"
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import { Explanation } from "@sailpoint-bulk-upload/core/Explanation"
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as TestClock from "effect/testing/TestClock"
import { completeSources } from "../../src/handlers/completeSources.ts"
import type { Failure } from "../../src/mcp/Failure.ts"
import * as InProcess from "../support/InProcess.ts"

const calls = [
  ["get_bulk_upload_status", { sourceId: "e136567de87e4d029e60b3c3c55db56d" }],
  ["list_non_employee_sources", {}],
  ["explain_bulk_upload", { sourceId: "e136567de87e4d029e60b3c3c55db56d" }]
] as const

describe("a call that SailPoint never answers", () => {
  it.live.each(calls)("%s is answered after 45 s, before assistants hang up at 60 s", ([name, args]) =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<void>()
      const silent = () => Effect.andThen(Deferred.succeed(asked, undefined), Effect.never)
      const runtime = ManagedRuntime.make(
        Layer.mergeAll(
          InProcess.noApiClient,
          Layer.mock(BulkUploads)({ check: silent }),
          Layer.mock(Explanation)({ explain: silent }),
          completeSources,
          TestClock.layer()
        ).pipe(Layer.provideMerge(Layer.mock(NonEmployeeSources)({ list: silent })))
      )
      const client = yield* InProcess.connect(runtime)
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
