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

/** Of a request the part that is looked at. */
const request = (more: object = {}) => ({ mcpReq: { id: 1 }, ...more }) as unknown as ServerContext

/** How a call of one and a half seconds ended, and what was logged and measured of it. */
const seen = (end: Effect.Effect<unknown, BulkUploadError>, context = request()) =>
  Effect.gen(function* () {
    const logged: Array<Record<string, unknown>> = []
    const logger = Logger.map(Logger.formatStructured, ({ annotations }) => void logged.push(annotations))
    const call = Effect.andThen(Effect.sleep("1500 millis"), end)
    const fiber = yield* call.pipe(
      CallObservation.observed("a_tool", { sourceId, other: "canary" }, context),
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

const ends: ReadonlyArray<readonly [string, Effect.Effect<unknown, BulkUploadError>]> = [
  ["ok", Effect.succeed("an answer")],
  ["NotFound", Effect.fail(new NotFound({ sourceId }))],
  ["defect", Effect.die(new Error("a mistake of this program"))],
  ["cancelled", Effect.interrupt]
]

describe("an observed tool call", () => {
  it.effect.each(ends)("that ends as `%s` is logged and measured with how and when", ([outcome, end]) =>
    Effect.gen(function* () {
      const { logged, measured } = yield* seen(end)
      assert.deepStrictEqual(logged, [
        { tool: "a_tool", outcome, durationMs: 1500, requestId: "1", sourceId }
      ])
      const [point, ...others] = measured
      assert.deepStrictEqual([point?.count, point?.sum, others.length], [1, 1.5, 0])
      assert.deepInclude(point?.attributes, { "gen_ai.tool.name": "a_tool", outcome })
    })
  )

  it.effect.each(ends)("that ends as `%s` ends the same for its caller", ([, end]) =>
    Effect.gen(function* () {
      const { exit } = yield* seen(end)
      const plain = yield* Effect.exit(end)
      assert.strictEqual(exit._tag, plain._tag)
      if (Exit.isFailure(exit) && Exit.isFailure(plain)) {
        assert.deepStrictEqual(
          exit.cause.reasons.map(({ _tag }) => _tag),
          plain.cause.reasons.map(({ _tag }) => _tag)
        )
      }
    })
  )

  it.effect("names its transport", () =>
    Effect.gen(function* () {
      const transportOf = ({ measured }: Effect.Success<ReturnType<typeof seen>>) =>
        measured.map(({ attributes }) => attributes?.["network.transport"])
      assert.deepStrictEqual(transportOf(yield* seen(Effect.void)), ["pipe"])
      assert.deepStrictEqual(transportOf(yield* seen(Effect.void, request({ http: {} }))), ["tcp"])
    })
  )
})
