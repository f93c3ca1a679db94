/** Requests that callers share, whatever the order of arrivals, departures and failures: only time matters. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as BulkUploadError from "../src/BulkUploadError.ts"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as ApiClient from "../src/internal/apiClient.ts"
import { apiClient } from "./support/apiClient.ts"

const ids = ["e136567de87e4d029e60b3c3c55db56d", "e136567d-e87e-4d02-9e60-b3c3c55db56d"]

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** A caller: when it arrives, its source, and when it is interrupted, if at all. */
const Caller = Schema.Struct({
  after: between(0, 800),
  source: between(0, 1),
  leaves: Schema.NullOr(between(0, 3000))
})
/** A request: how long it waits before it is sent, how long its answer takes, and whether it fails. */
const Answer = Schema.Struct({ waits: between(0, 500), takes: between(0, 2000), fails: Schema.Boolean })

const Callers = Schema.Array(Caller).check(Schema.isMaxLength(25))
const Answers = Schema.Array(Answer).check(Schema.isMinLength(1), Schema.isMaxLength(10))

type Checked = Effect.Success<ReturnType<BulkUploads.Service["check"]>>

interface Request {
  readonly key: string
  readonly begin: number
  sent: number
  end: number
  how: "answered" | "failed" | "abandoned"
}

const nothing: typeof Answer.Type = { waits: 0, takes: 0, fails: false }
const broken = new BulkUploadError.ServerError({ httpStatus: 500 })

/** Requests that take and end as scripted, and a log of them. */
const scripted = (answers: ReadonlyArray<typeof Answer.Type>) => {
  const requests: Array<Request> = []
  const run = <A>(key: string, value: A, onSend: Effect.Effect<unknown> = Effect.void) =>
    Effect.flatMap(Clock.currentTimeMillis, (begin) => {
      const { fails, takes, waits } = answers[requests.length % answers.length] ?? nothing
      const request: Request = { key, begin, sent: Infinity, end: Infinity, how: "abandoned" }
      requests.push(request)
      return Effect.sleep(waits).pipe(
        Effect.andThen(onSend),
        Effect.andThen(Effect.map(Clock.currentTimeMillis, (now) => (request.sent = now))),
        Effect.andThen(Effect.sleep(takes)),
        Effect.andThen(fails ? Effect.fail(broken) : Effect.succeed(value)),
        Effect.onExit((exit) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            request.end = now
            request.how = Exit.isSuccess(exit) ? "answered" : Exit.hasFails(exit) ? "failed" : "abandoned"
          })
        )
      )
    })
  return { requests, run }
}

/** The service over an API client whose requests run so. */
const serviceOver = (run: ReturnType<typeof scripted>["run"]) => {
  const ask: ApiClient.Service["attempt"] = (call) =>
    Effect.flatMap(run(call.subject.sourceId ?? "", '{"status":"PENDING"}', call.onSend), (body) =>
      Effect.orDie(Effect.fromResult(call.decode(body)))
    )
  const api = { ...apiClient(ask), attempt: ask }
  return Effect.map(
    Layer.build(Layer.provide(BulkUploads.layerApiClient, Layer.succeed(ApiClient.ApiClient, api))),
    Context.get(BulkUploads.BulkUploads)
  )
}

describe("requests for a source", () => {
  it.effect.prop(
    "are sent one at a time, answer every caller that stays with a request sent after its call, and all end",
    [Callers, Answers],
    ([callers, answers]) =>
      Effect.gen(function* () {
        const { requests, run } = scripted(answers)
        const { check } = yield* serviceOver(run)
        const stays: Array<{ key: string; came: number; fiber: Fiber.Fiber<Checked, unknown> }> = []
        for (const { after, leaves, source } of callers) {
          yield* TestClock.adjust(after)
          const [key, came] = [ids[source] ?? "", yield* Clock.currentTimeMillis]
          const fiber = yield* Effect.forkChild(check(key))
          if (leaves === null) stays.push({ key, came, fiber })
          else yield* Effect.forkChild(Effect.delay(Fiber.interrupt(fiber), leaves))
          yield* TestClock.adjust(0)
        }
        yield* TestClock.adjust("1 minute")
        for (const [index, { begin, end, key }] of requests.entries()) {
          assert.isTrue(Number.isFinite(end), "nothing is left running")
          const others = requests.slice(0, index).filter((other) => other.key === key && other.end > begin)
          assert.deepStrictEqual(others, [], "one request at a time")
        }
        for (const { came, fiber, key } of stays) {
          const exit = yield* Fiber.await(fiber)
          const how = Exit.isSuccess(exit) ? "answered" : "failed"
          assert.isTrue(requests.some((one) => one.key === key && one.how === how && one.sent >= came))
          if (Exit.isSuccess(exit)) assert.isAtLeast(DateTime.toEpochMillis(exit.value.checkedAt), came)
        }
      })
  )
})
