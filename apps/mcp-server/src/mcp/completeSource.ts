import type { NonEmployeeSource } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Effect from "effect/Effect"
import { answeredBy } from "../handlers/lazyHandlers.ts"
import type { Services } from "../handlers/Runtime.ts"
import type { Adapter } from "./ToolResult.ts"

/**
 * Completes an argument that names a source. Returns up to 100 values, the limit that the SDK applies. If the sources cannot be
 * listed, returns none; the tools report the reason.
 */
export const completeSource =
  (adapter: Adapter<Services>, toValue: (source: NonEmployeeSource) => string) =>
  async (typed: string): Promise<Array<string>> => {
    const values = new Set<string>()
    const collect = answeredBy(({ SourceCompletion }) =>
      Effect.gen(function* () {
        for (const source of yield* (yield* SourceCompletion)(typed)) values.add(toValue(source))
        return {}
      })
    )
    // The SDK provides no signal for completions.
    await adapter.run(collect, new AbortController())
    return [...values]
  }
