/**
 * Statuses of many sources, each another one, asked for in batches of one size. Run with --expose-gc. The answers are
 * made in the process: what is compared is the library's own cost, of which a network's would hide the growth.
 */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Effect from "effect/Effect"
import { answersAtOnce } from "../AnswersAtOnce.ts"
import { answer } from "../Child.ts"
import { layer } from "../ours.ts"
import { settledHeap } from "../SettledHeap.ts"
import { sourceIds } from "../Upstream.ts"

export interface Task {
  readonly sources: number
  readonly batch: number
}

export interface Outcome {
  readonly micros: number
  /** Of the result of a source. */
  readonly heldBytes: number
  /** Per source that was asked, when nobody holds a result any more. */
  readonly leftBytes: number
  /** The most memory that the process ever had. */
  readonly peakBytes: number
}

const AT_A_TIME = 10

/** More than can be sent, and forgotten at once: a budget remembers as many requests as its limit has, not as there are. */
const MOMENTARY = { requests: 1_000_000, per: "1 millis" } as const

const run = ({ batch, sources }: Task) =>
  Effect.gen(function* () {
    const uploads = yield* BulkUploads.BulkUploads
    // Read from JSON, since texts that are put together of parts shrink when they are first used.
    const ids: ReadonlyArray<string> = JSON.parse(JSON.stringify(sourceIds(2 * sources)))
    const results = ids.map((): unknown => undefined)
    const runPromise = Effect.runPromiseWith(yield* Effect.context())
    /**
     * Ten sources at a time, however small the batches are. Each batch in a fiber of its own, or the one that measures
     * would hold the last results as well.
     */
    const ask = async (from: number) => {
      let first = from
      const lane = async () => {
        while (first < from + sources) {
          const start = first
          first += batch
          const found = await runPromise(
            uploads.statuses(ids.slice(start, start + batch), { concurrency: AT_A_TIME })
          )
          for (const [n, result] of found.entries()) results[start + n] = result
        }
      }
      await Promise.all(Array.from({ length: Math.ceil(AT_A_TIME / batch) }, lane))
    }
    // The same work on other sources, so that code which is compiled for the first time is not counted.
    yield* Effect.promise(() => ask(sources))
    results.fill(undefined)
    const before = settledHeap()
    const start = performance.now()
    yield* Effect.promise(() => ask(0))
    const micros = ((performance.now() - start) * 1000) / sources
    const held = settledHeap()
    results.fill(undefined)
    const left = settledHeap()
    return {
      micros,
      heldBytes: (held - left) / sources,
      leftBytes: (left - before) / sources,
      peakBytes: process.resourceUsage().maxRSS * 1024
    }
  }).pipe(Effect.provide(layer("http://127.0.0.1:9", MOMENTARY, answersAtOnce)), Effect.runPromise)

answer(run)
