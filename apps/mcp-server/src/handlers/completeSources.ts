/**
 * Completes source names from a list that is cached for a short time.
 */
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { SourceCompletion } from "./SourceCompletion.ts"
import { nameContains } from "../text/nameContains.ts"

/**
 * An assistant requests completions with every key, and each list counts against the rate limit, so the list is cached. A
 * failure is not.
 */
const KEPT = "30 seconds"

export const completeSources: Layer.Layer<SourceCompletion, never, NonEmployeeSources> = Layer.effect(
  SourceCompletion,
  Effect.gen(function* () {
    const { list } = yield* NonEmployeeSources
    const cache = yield* Cache.makeWith(
      () =>
        // A user without permission to list all sources can still list their own.
        list().pipe(Effect.catchTag("Forbidden", () => list({ ownedByMe: true }))),
      { capacity: 1, timeToLive: (exit) => (Exit.isSuccess(exit) ? KEPT : 0) }
    )
    return SourceCompletion.of({
      matching: (typed) =>
        Effect.map(Cache.get(cache, "all"), (sources) =>
          sources.filter(nameContains(typed)).toSorted((a, b) => a.name.localeCompare(b.name, "en"))
        )
    })
  })
)
