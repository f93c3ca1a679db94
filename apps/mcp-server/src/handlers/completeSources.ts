import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { type NonEmployeeSource, NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { sourcesNamed } from "@sailpoint-bulk-upload/core/workspace"
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"

/** Returns the sources whose name contains the text, sorted by name; all sources if the text is empty. */
export class SourceCompletion extends Context.Service<
  SourceCompletion,
  (typed: string) => Effect.Effect<ReadonlyArray<NonEmployeeSource>, BulkUploadError>
>()("@sailpoint-bulk-upload/mcp-server/SourceCompletion") {}

/**
 * An assistant requests completions with every key, and each list counts against the rate limit, so the list is cached. A
 * failure is not.
 */
const TIME_TO_LIVE = "30 seconds"

export const completeSources: Layer.Layer<SourceCompletion, never, NonEmployeeSources> = Layer.effect(
  SourceCompletion,
  Effect.gen(function* () {
    const { list } = yield* NonEmployeeSources
    const cache = yield* Cache.makeWith(
      () =>
        // A user without permission to list all sources can still list their own.
        list().pipe(Effect.catchTag("Forbidden", () => list({ ownedByMe: true }))),
      { capacity: 1, timeToLive: (exit) => (Exit.isSuccess(exit) ? TIME_TO_LIVE : 0) }
    )
    return (typed) => Effect.map(Cache.get(cache, "all"), (sources) => sourcesNamed(typed, sources))
  })
)
