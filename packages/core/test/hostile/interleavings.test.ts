/** Callers that come and leave, and answers that fail, in any order: no fiber, timer or socket is left behind. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import type * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import { getBulkUploadStatus } from "../../src/BulkUploads.ts"
import * as RetryPolicy from "../../src/RetryPolicy.ts"
import { outcomeOf } from "./support/outcome.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { grant, service } from "./support/service.ts"
import * as wire from "./support/wire.ts"

const answers = {
  done: wire.json(200, { status: "COMPLETED" }),
  granted: grant,
  page: wire.answer(200, "<html>"),
  refused: wire.json(401, {}),
  limited: wire.json(429, {}, { "retry-after": "0" }),
  down: wire.answer(503, "", { connection: "close" }),
  reset: wire.reset,
  closed: wire.closed,
  silent: wire.silent,
  "half a body": wire.bytes(wire.head(200, { "content-length": "1000" }), "{"),
  "a body cut off": wire.resetAfter(wire.head(200, { "content-length": "1000" }), "{"),
  "a body without end": wire.endless(200, " ".repeat(16_384)),
  "a byte at a time": wire.trickle("HTTP/1.1 200 OK\r\n")
}
const kinds = Object.keys(answers) as Array<keyof typeof answers>

/** Long enough for a machine that has much else to do. */
const FORTY_PLANS = { timeout: 120_000, arbitrary: { runs: 40 } }

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** Whom a caller asks for, and how many requests the tenant has got when it leaves, if it does not stay. */
const Caller = Schema.Struct({ source: between(0, 3), leavesAfter: Schema.NullOr(between(0, 12)) })
const Plan = Schema.Struct({
  callers: Schema.Array(Caller).check(Schema.isMinLength(1), Schema.isMaxLength(12)),
  /** What requests are answered with, one after the other, and from the start again. */
  answers: Schema.Array(Schema.Literals(kinds)).check(Schema.isMinLength(1), Schema.isMaxLength(8)),
  tokens: Schema.Array(Schema.Literals(["granted", "granted", "granted", ...kinds])).check(
    Schema.isMinLength(1),
    Schema.isMaxLength(4)
  )
})

/** Counts the fibers that run. */
const fibers = () => {
  let running = 0
  return {
    running: () => running,
    count: Metric.FiberRuntimeMetrics.of({
      recordFiberStart: () => void (running += 1),
      recordFiberEnd: () => void (running -= 1)
    })
  }
}

/** Timers and sockets that keep the process alive. */
const resources = () =>
  process
    .getActiveResourcesInfo()
    .filter((name) => /^(?:Timeout|TCP|TLS)/u.test(name))
    .toSorted()

const follow = (plan: typeof Plan.Type, transport: Layer.Layer<HttpClient>) =>
  Effect.gen(function* () {
    const sent = { tokens: 0, statuses: 0 }
    const tenant = yield* RawTenant.make((socket, request) => {
      const kind = RawTenant.isToken(request)
        ? plan.tokens[sent.tokens++ % plan.tokens.length]
        : plan.answers[sent.statuses++ % plan.answers.length]
      if (kind !== undefined) answers[kind](socket, request)
    })
    const counted = fibers()
    const policy = RetryPolicy.make({ retries: 2, backoff: 1, maxBackoff: 2 })
    yield* Effect.gen(function* () {
      let left = plan.callers.length
      const callers = yield* Effect.forEach(plan.callers, ({ leavesAfter, source }) =>
        Effect.gen(function* () {
          const call = yield* Effect.forkChild(
            Effect.exit(getBulkUploadStatus(RawTenant.idOf(source))).pipe(
              Effect.ensuring(Effect.sync(() => (left -= 1)))
            )
          )
          const leaving =
            leavesAfter === null
              ? undefined
              : yield* tenant
                  .until(() => tenant.requests.length >= leavesAfter)
                  .pipe(Effect.andThen(Fiber.interrupt(call)), Effect.forkChild)
          return { call, leaving }
        })
      )
      for (const { call, leaving } of callers) {
        const exit = yield* Fiber.await(call)
        if (Exit.isSuccess(exit)) outcomeOf(exit.value)
        if (leaving !== undefined) yield* Fiber.interrupt(leaving)
      }
      assert.strictEqual(left, 0)
    }).pipe(
      Effect.provide(service(tenant.url, transport, { attemptTimeout: "30 millis" }, policy)),
      Effect.provideService(Metric.FiberRuntimeMetrics, counted.count)
    )
    // What is interrupted by the last who leaves ends a turn later. That it ends is the test: else time runs out.
    yield* Effect.repeat(Effect.yieldNow, { until: () => counted.running() === 0 })
    return tenant
  })

/** A client whose connections end with its layer. */
const scoped = [
  ["undici", NodeHttpClient.layerUndici],
  ["node:http", NodeHttpClient.layerNodeHttp]
] as const

describe("callers that arrive, leave and fail in any order leave nothing behind", () => {
  for (const [name, transport] of scoped) {
    it.live.prop(
      `of fibers, timers and sockets over ${name}`,
      [Plan],
      ([plan]) =>
        Effect.gen(function* () {
          const before = resources()
          yield* Effect.scoped(
            Effect.gen(function* () {
              const tenant = yield* follow(plan, transport)
              yield* tenant.until(() => tenant.connections().open === 0)
            })
          )
          yield* Effect.repeat(Effect.yieldNow, { until: () => resources().length <= before.length })
        }),
      FORTY_PLANS
    )
  }

  it.live.prop(
    "of fibers over fetch, and its process-wide connections serve the next call",
    [Plan],
    ([plan]) => Effect.scoped(follow(plan, FetchHttpClient.layer)),
    FORTY_PLANS
  )
})
