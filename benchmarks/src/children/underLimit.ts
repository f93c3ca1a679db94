/** A process of this library under a limit; answers with the number of sources without a status. */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Result from "effect/Result"
import { answer } from "../Child.ts"
import { layer, sharedLayer } from "../ours.ts"
import type { Setup } from "../UnderLimit.ts"

const [argument = ""] = process.argv.slice(2)
const { baseUrl, limit, redis }: Setup = JSON.parse(argument)
const budget = { requests: limit.requests, per: limit.millis }
const runtime = ManagedRuntime.make(
  redis === undefined ? layer(baseUrl, budget) : sharedLayer(baseUrl, budget, redis)
)

answer(async (ids: ReadonlyArray<string>) => {
  const results = await runtime.runPromise(
    Effect.flatMap(BulkUploads.BulkUploads, (uploads) => uploads.statuses(ids))
  )
  return results.filter(Result.isFailure).length
})
