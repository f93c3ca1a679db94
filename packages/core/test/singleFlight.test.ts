/** Requests and token fetches that callers share, however they come, leave and fail: only time counts. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as BulkUploadError from "../src/BulkUploadError.ts"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as ApiClient from "../src/internal/apiClient.ts"
import type { Send } from "../src/internal/send.ts"
import { fromClientCredentials } from "../src/internal/tokens.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { apiClient } from "./support/apiClient.ts"

const ids = ["e136567de87e4d029e60b3c3c55db56d", "e136567d-e87e-4d02-9e60-b3c3c55db56d"]

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** A caller: when it comes, whom it asks for, and when it leaves, if it does not stay. */
const Caller = Schema.Struct({
  after: between(0, 800),
  source: between(0, 1),
  leaves: Schema.NullOr(between(0, 3000))
})
/** A request: how long it waits before it is sent, how long its answer takes, and whether it fails. */
const Answer = Schema.Struct({ waits: between(0, 500), takes: between(0, 2000), fails: Schema.Boolean })

const Callers = Schema.Array(Caller).check(Schema.isMaxLength(25))
const Answers = Schema.Array(Answer).check(Schema.isMinLength(1), Schema.isMaxLength(10))

interface Request {
  readonly key: string
  readonly begin: number
  sent: number
  end: number
  how: "answered" | "failed" | "abandoned"
}

const nothing: typeof Answer.Type = { waits: 0, takes: 0, fails: false }
const broken = new BulkUploadError.ServerError({ httpStatus: 500 })

/** Requests that take as long and end as scripted, one after the other, and a log of them. */
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

/** Lets every caller come and go, and tells for those who stayed when they were there and what they got. */
const visits = <A, E>(
  callers: ReadonlyArray<typeof Caller.Type>,
  ask: (source: number) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const stays: Array<{
      readonly source: number
      readonly came: number
      readonly fiber: Fiber.Fiber<A, E>
    }> = []
    for (const { after, leaves, source } of callers) {
      yield* TestClock.adjust(after)
      const came = yield* Clock.currentTimeMillis
      const fiber = yield* Effect.forkChild(ask(source))
      if (leaves === null) stays.push({ source, came, fiber })
      else yield* Effect.forkChild(Effect.delay(Fiber.interrupt(fiber), leaves))
      yield* TestClock.adjust(0)
    }
    yield* TestClock.adjust("1 minute")
    return yield* Effect.forEach(stays, ({ came, fiber, source }) =>
      Effect.map(Fiber.await(fiber), (exit) => ({ source, came, exit }))
    )
  })

/** Never two at once for one key; every one has ended; and a caller that stayed got what a request of its time gave. */
const shared = (
  requests: ReadonlyArray<Request>,
  stays: ReadonlyArray<{
    readonly key: string
    readonly came: number
    readonly exit: Exit.Exit<unknown, unknown>
  }>,
  isOfItsTime: (request: Request, came: number) => boolean
) => {
  for (const [index, { begin, end, key }] of requests.entries()) {
    assert.isTrue(Number.isFinite(end), "nothing is left running")
    const others = requests.slice(0, index).filter((other) => other.key === key && other.end > begin)
    assert.deepStrictEqual(others, [], "one request at a time")
  }
  for (const { came, exit, key } of stays) {
    const how = Exit.isSuccess(exit) ? "answered" : "failed"
    assert.isTrue(
      requests.some((request) => request.key === key && request.how === how && isOfItsTime(request, came)),
      "a caller that stays is given what a request of its time gave"
    )
  }
}

describe("single flight under random arrivals, departures and failures", () => {
  it.effect.prop("of statuses, per source", [Callers, Answers], ([callers, answers]) =>
    Effect.gen(function* () {
      const { requests, run } = scripted(answers)
      const { check } = yield* serviceOver(run)
      const stays = yield* visits(callers, (source) => check(ids[source] ?? ""))
      shared(
        requests,
        stays.map(({ source, ...stay }) => ({ key: ids[source] ?? "", ...stay })),
        ({ sent }, came) => sent >= came
      )
      for (const { came, exit } of stays) {
        if (Exit.isSuccess(exit)) assert.isAtLeast(DateTime.toEpochMillis(exit.value.checkedAt), came)
      }
    })
  )

  it.effect.prop("of tokens", [Callers, Answers], ([callers, answers]) =>
    Effect.gen(function* () {
      const { requests, run } = scripted(answers)
      const send: Send = (call) =>
        Effect.flatMap(run("token", '{"access_token":"t","expires_in":1}'), (body) =>
          Effect.orDie(Effect.fromResult(call.decode(body)))
        )
      const { retried } = yield* fromClientCredentials(
        { origin: "https://a.example", host: "a.example", apiVersion: "v2024" },
        { clientId: "id", clientSecret: Redacted.make("secret") },
        send,
        identity
      )
      const came = yield* visits(callers, () => retried(RetryPolicy.none))
      // A kept token answers later calls too: those asked nothing.
      const kept = Duration.toMillis("1 second")
      shared(
        requests,
        came.flatMap(({ came, exit }) =>
          requests.some(({ end, how }) => how === "answered" && end <= came && came < end + kept)
            ? []
            : [{ key: "token", came, exit }]
        ),
        ({ end }, came) => end >= came
      )
    })
  )

  it.effect.prop("of checks, for all followers of a source", [Callers], ([callers]) =>
    Effect.gen(function* () {
      const { requests, run } = scripted([{ waits: 20, takes: 100, fails: false }])
      const { changes } = yield* serviceOver(run)
      yield* visits(
        callers.map(({ leaves, ...caller }) => ({ ...caller, leaves: leaves ?? 3000 })),
        (source) => Stream.runDrain(changes(ids[source] ?? ""))
      )
      const asked = requests.length
      shared(requests, [], () => true)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(requests.length, asked, "nobody follows, nothing is asked")
    })
  )
})
