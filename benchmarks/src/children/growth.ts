/**
 * The statuses of ever new sources, in rounds. Run with --expose-gc. The process itself makes the answers, so that the
 * rounds are short.
 */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Effect from "effect/Effect"
import { answersAtOnce } from "../AnswersAtOnce.ts"
import { answer } from "../Child.ts"
import { sourceIds } from "../Client.ts"
import { layer } from "../ours.ts"
import { settledHeap } from "../SettledHeap.ts"

export interface Task {
  readonly rounds: number
  readonly sources: number
}

/** A short window: a rate limit remembers each request for one window. */
const MOMENTARY = { requests: 1_000_000, per: "1 millis" } as const

/** Returns the heap after each round, in bytes. */
const run = ({ rounds, sources }: Task) =>
  Effect.gen(function* () {
    const uploads = yield* BulkUploads.BulkUploads
    const heap = new Array<number>()
    for (let round = 0; round < rounds; round++) {
      yield* uploads.statuses(sourceIds(sources, round * sources))
      heap.push(settledHeap())
    }
    return heap
  }).pipe(Effect.provide(layer("http://127.0.0.1:9", MOMENTARY, answersAtOnce)), Effect.runPromise)

answer(run)
