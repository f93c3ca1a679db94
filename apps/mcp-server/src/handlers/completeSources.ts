/**
 * The sources that are offered where a person types one, kept for a while.
 */
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { SourceCompletion } from "./SourceCompletion.ts"
import { nameContains } from "../text/nameContains.ts"

/**
 * An assistant asks with every key that is pressed, and every request counts against the limit that statuses
 * need: so the list is kept for a while. A failure is not.
 */
const KEPT = "30 seconds"

export const completeSources: Layer.Layer<SourceCompletion, never, NonEmployeeSources> = Layer.effect(
  SourceCompletion,
  Effect.gen(function* () {
    const { list } = yield* NonEmployeeSources
    const cache = yield* Cache.makeWith(
      () =>
        // Who may not list all sources can still choose among their own.
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
