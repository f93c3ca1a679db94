/**
 * Many callers that wait for the end of uploads on few sources. Run with --expose-gc. The heap and the cost of a timer
 * are measured while all of them wait for the second check.
 */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import { answer } from "../Child.ts"
import { sourceIds } from "../Client.ts"
import { layer } from "../ours.ts"
import { settledHeap } from "../SettledHeap.ts"

export interface Task {
  readonly baseUrl: string
  readonly waiters: number
  readonly sources: number
  /** The number of further waiters, one of which times out per millisecond. */
  readonly timers: number
}

export interface Outcome {
  readonly heapBytes: number
  /** Processor time per additional waiter, from its call to its timeout. */
  readonly timerMicros: number
  readonly settled: number
}

const run = ({ baseUrl, sources, timers, waiters }: Task) =>
  Effect.gen(function* () {
    const uploads = yield* BulkUploads.BulkUploads
    const ids = sourceIds(sources)
    const measured = yield* Deferred.make<void>()
    // The second check waits until everything is measured.
    const schedule = Schedule.forever.pipe(
      Schedule.modifyDelay(() => Effect.as(Deferred.await(measured), Duration.zero))
    )
    const timeOut = Effect.forEach(
      Array.from({ length: timers }, (_, n) => n),
      (n) => Effect.exit(uploads.awaitSettled(ids[n % sources] ?? "", { timeout: n + 50, schedule })),
      { concurrency: "unbounded", discard: true }
    )
    // One request for each of as many other sources compiles the code and opens the connections.
    yield* Effect.forEach(sourceIds(sources, sources), uploads.status, { concurrency: 10 })
    const before = settledHeap()
    const allWait = yield* Deferred.make<void>()
    let missing = waiters
    const onCheck = () =>
      Effect.suspend(() => (--missing === 0 ? Deferred.succeed(allWait, undefined) : Effect.void))
    const fibers = yield* Effect.forEach(Array.from({ length: waiters }), (_, n) =>
      uploads
        .awaitSettled(ids[n % sources] ?? "", { timeout: "5 minutes", schedule, onCheck })
        .pipe(Effect.forkChild)
    )
    yield* Deferred.await(allWait)
    const heapBytes = (settledHeap() - before) / waiters
    yield* timeOut
    const cpu = process.cpuUsage()
    yield* timeOut
    const { system, user } = process.cpuUsage(cpu)
    yield* Effect.promise(() => fetch(baseUrl, { method: "DELETE" }))
    yield* Deferred.succeed(measured, undefined)
    const settled = yield* Fiber.joinAll(fibers)
    return { heapBytes, timerMicros: (user + system) / timers, settled: settled.length }
  }).pipe(
    Effect.scoped,
    Effect.provide(layer(baseUrl, { requests: 1_000_000, per: "1 second" })),
    Effect.runPromise
  )

answer(run)
