/**
 * Statuses of many sources, asked for in batches of one size and all held on to. Run with --expose-gc.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Effect from "effect/Effect"
import { answer } from "../Child.ts"
import { layer } from "../ours.ts"
import { sourceIds } from "../Upstream.ts"
import { settledHeap } from "../SettledHeap.ts"

export interface Task {
  readonly baseUrl: string
  readonly sources: number
  readonly batch: number
}

export interface Outcome {
  readonly micros: number
  /** Per source: its result, and whatever is kept beside it. */
  readonly heldBytes: number
  /** The most memory that the process ever had. */
  readonly peakBytes: number
}

const run = ({ baseUrl, batch, sources }: Task) =>
  Effect.gen(function* () {
    const uploads = yield* BulkUploads.BulkUploads
    const ids = sourceIds(sources)
    const batches = Array.from({ length: Math.ceil(sources / batch) }, (_, n) =>
      ids.slice(n * batch, (n + 1) * batch)
    )
    yield* uploads.statuses(sourceIds(sources + 2000).slice(sources))
    const before = settledHeap()
    const start = performance.now()
    const results = yield* Effect.forEach(batches, (batch) => uploads.statuses(batch))
    const micros = ((performance.now() - start) * 1000) / sources
    const heldBytes = (settledHeap() - before) / results.flat().length
    return { micros, heldBytes, peakBytes: process.resourceUsage().maxRSS * 1024 }
  }).pipe(
    Effect.provide(layer(baseUrl, { requests: 1_000_000, per: "1 second" }, NodeHttpClient.layerUndici)),
    Effect.runPromise
  )

answer(run)
