/**
 * Completing what a person types where a source is asked for: the sources whose name contains it.
 */
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import type { NonEmployeeSource } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Adapter } from "./ToolResult.ts"

export interface Service {
  /** By name. All there are when nothing is typed yet. */
  readonly matching: (typed: string) => Effect.Effect<ReadonlyArray<NonEmployeeSource>, BulkUploadError>
}

export class SourceCompletion extends Context.Service<SourceCompletion, Service>()(
  "@sailpoint-bulk-upload/mcp-server/SourceCompletion"
) {}

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
