import type { ServerContext } from "@modelcontextprotocol/server"
import { assert, describe, it } from "@effect/vitest"
import { NotFound } from "@sailpoint-bulk-upload/core/BulkUploadError"
import type { BulkUploadError } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/testing/TestClock"
import * as CallObservation from "../../src/telemetry/CallObservation.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"

/** The part of a request that an observation reads. */
const request = { mcpReq: { id: 1 } } as unknown as ServerContext

/** Returns the exit of a call of 1.5 seconds, with its log lines and metrics. */
const seen = (end: Effect.Effect<unknown, BulkUploadError>) =>
  Effect.gen(function* () {
    const logged: Array<Record<string, unknown>> = []
    const logger = Logger.map(Logger.formatStructured, ({ annotations }) => void logged.push(annotations))
    const call = Effect.andThen(Effect.sleep("1500 millis"), end)
    const fiber = yield* call.pipe(
      CallObservation.observed("a_tool", { sourceId, other: "canary" }, request),
      Effect.provide(Logger.layer([logger])),
      Effect.forkChild({ startImmediately: true })
    )
    yield* TestClock.adjust("1500 millis")
    const exit = yield* Fiber.await(fiber)
    const measured = (yield* Metric.snapshot).flatMap(({ attributes, id, state }) =>
      "sum" in state ? [{ id, attributes, count: state.count, sum: state.sum }] : []
    )
    return { exit, logged, measured }
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

const reasonsOf = (exit: Exit.Exit<unknown, BulkUploadError>) =>
  Exit.isFailure(exit) ? exit.cause.reasons.map(({ _tag }) => _tag) : []

const ends: ReadonlyArray<readonly [string, Effect.Effect<unknown, BulkUploadError>]> = [
  ["ok", Effect.succeed("an answer")],
  ["NotFound", Effect.fail(new NotFound({ sourceId }))],
  ["defect", Effect.die(new Error("a bug"))],
  ["cancelled", Effect.interrupt]
]

describe("an observed tool call", () => {
  it.effect.each(ends)("a call that ends as `%s` is logged, measured and not changed", ([outcome, end]) =>
    Effect.gen(function* () {
      const { exit, logged, measured } = yield* seen(end)
      assert.deepStrictEqual(logged, [
        { tool: "a_tool", outcome, durationMs: 1500, requestId: "1", sourceId }
      ])
      const [point, ...others] = measured
      assert.deepStrictEqual([point?.count, point?.sum, others.length], [1, 1.5, 0])
      const labels = { "gen_ai.tool.name": "a_tool", outcome, "network.transport": "pipe" }
      assert.deepInclude(point?.attributes, labels)
      assert.deepStrictEqual(reasonsOf(exit), reasonsOf(yield* Effect.exit(end)))
    })
  )
})
