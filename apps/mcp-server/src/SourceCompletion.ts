/**
 * Completing what a person types where a source is asked for: the sources whose name contains it.
 */
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { type NonEmployeeSource, NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Cache from "effect/Cache"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { nameContains } from "./nameContains.ts"
import type { Adapter } from "./ToolResult.ts"

export interface Service {
  /** By name. All there are when nothing is typed yet. */
  readonly matching: (typed: string) => Effect.Effect<ReadonlyArray<NonEmployeeSource>, BulkUploadError>
}

export class SourceCompletion extends Context.Service<SourceCompletion, Service>()(
  "@sailpoint-bulk-upload/mcp-server/SourceCompletion"
) {}

/**
 * An assistant asks with every key that is pressed, and every request counts against the limit that statuses
 * need: so the list is kept for a while. A failure is not.
 */
const KEPT = "30 seconds"

export const layer: Layer.Layer<SourceCompletion, never, NonEmployeeSources> = Layer.effect(
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

/**
 * The callback that the SDK completes with; it cuts at 100 values, as MCP wants. Where the sources cannot be
 * listed there is nothing to choose from; why, is told when the status is asked for.
 */
export const completeWith =
  (adapter: Adapter<SourceCompletion>, toValue: (source: NonEmployeeSource) => string) =>
  async (typed: string): Promise<Array<string>> => {
    const values = new Set<string>()
    const collect = Effect.gen(function* () {
      for (const source of yield* (yield* SourceCompletion).matching(typed)) values.add(toValue(source))
      return {}
    })
    // The SDK hands no signal to completions.
    await adapter.run(collect, new AbortController())
    return [...values]
  }
