/**
 * Many who wait for the end of uploads on few sources. Run with --expose-gc: what they hold is measured once all of
 * them have been told a status and wait for the next.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { answer } from "../Child.ts"
import { layer } from "../ours.ts"
import { sourceIds } from "../Upstream.ts"
import { settledHeap } from "../SettledHeap.ts"

export interface Task {
  readonly baseUrl: string
  readonly waiters: number
  readonly sources: number
}

export interface Outcome {
  readonly heapBytes: number
  readonly settled: number
}

const run = ({ baseUrl, sources, waiters }: Task) =>
  Effect.gen(function* () {
    const uploads = yield* BulkUploads.BulkUploads
    const ids = sourceIds(sources)
    // Warm, so that code that is compiled for the first time is not counted.
    yield* Effect.forEach(sourceIds(sources + 100).slice(sources), uploads.status, { concurrency: 10 })
    const measured = yield* Deferred.make<void>()
    // One for all, since only who waits on the same schedule shares a poll. The second check waits for the measurement.
    const schedule = Schedule.forever.pipe(
      Schedule.modifyDelay(() => Effect.as(Deferred.await(measured), Duration.zero))
    )
    const before = settledHeap()
    const told = yield* Deferred.make<void>()
    let missing = waiters
    const fibers = yield* Effect.forEach(Array.from({ length: waiters }), (_, n) => {
      let first = true
      return uploads
        .awaitSettled(ids[n % sources] ?? "", {
          timeout: "5 minutes",
          schedule,
          onCheck: () => {
            if (!first) return Effect.void
            first = false
            missing -= 1
            return missing === 0 ? Deferred.succeed(told, undefined) : Effect.void
          }
        })
        .pipe(Effect.forkChild)
    })
    yield* Deferred.await(told)
    const heapBytes = (settledHeap() - before) / waiters
    yield* Deferred.succeed(measured, undefined)
    const settled = yield* Fiber.joinAll(fibers)
    return { heapBytes, settled: settled.length }
  }).pipe(
    Effect.scoped,
    Effect.provide(layer(baseUrl, { requests: 1_000_000, per: "1 second" }, NodeHttpClient.layerUndici)),
    Effect.runPromise
  )

answer(run)
