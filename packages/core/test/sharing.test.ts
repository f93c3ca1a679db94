/** Calls and the requests that answer them, over a scripted HTTP client. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import type * as Tracer from "effect/Tracer"
import type * as ApiClient from "../src/ApiClient.ts"
import * as BulkUploads from "../src/BulkUploads.ts"
import { ConnectionFailed } from "../src/BulkUploadError.ts"
import type { State } from "../src/BulkUploadStatus.ts"
import { makeChecks } from "../src/internal/checks.ts"
import * as SourceId from "../src/SourceId.ts"
import { observe } from "./support/observed.ts"
import { isToken, scriptedHttp } from "./support/scriptedHttp.ts"

const id = "e136567de87e4d029e60b3c3c55db56d"
const seconds = Effect.map(Clock.currentTimeMillis, (now) => now / 1000)

interface Answer {
  readonly takes?: Duration.Input
  readonly httpStatus?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A tenant whose status is read when a request arrives. */
const makeTenant = (auth?: ApiClient.Options["auth"]) => {
  const state = {
    status: "PENDING" as State,
    /** The answers to the next status requests, and the duration of every token request. By default, answers are immediate. */
    answers: new Array<Answer>(),
    tokenTakes: Duration.zero as Duration.Input,
    /** When status requests were sent and aborted, in seconds. */
    sent: new Array<number>(),
    abandoned: new Array<number>(),
    tokens: 0
  }
  const answer = (isToken: boolean) =>
    Effect.gen(function* () {
      if (isToken) {
        state.tokens += 1
        yield* Effect.sleep(state.tokenTakes)
        return Response.json({ access_token: `token-${state.tokens}`, expires_in: 600 })
      }
      const { headers = {}, httpStatus = 200, takes = 0 } = state.answers.shift() ?? {}
      const body = { status: state.status }
      state.sent.push(yield* seconds)
      yield* Effect.sleep(takes)
      return Response.json(body, { status: httpStatus, headers })
    }).pipe(Effect.onInterrupt(() => Effect.map(seconds, (at) => void state.abandoned.push(at))))
  const layer = BulkUploads.layer({
    baseUrl: "https://acme.api.identitynow.com",
    // Clients with one token share a rate limit, so every test has a different token.
    auth: auth ?? { accessToken: Redacted.make(crypto.randomUUID()) }
  }).pipe(Layer.provide(scriptedHttp((request) => answer(isToken(request)))))
  return { state, layer }
}

const credentials = () => ({ clientId: crypto.randomUUID(), clientSecret: Redacted.make("secret") })

/** Returns a status and the time of its request, in seconds. */
const check = Effect.flatMap(BulkUploads.BulkUploads, (uploads) => uploads.check(id)).pipe(
  Effect.map(({ checkedAt, status }) => [status, DateTime.toEpochMillis(checkedAt) / 1000] as const)
)

/** Advances the clock in small steps, so that all woken fibers can run. */
const pass = (duration: Duration.Input) =>
  Effect.repeat(TestClock.adjust(100), {
    times: Duration.toMillis(Duration.fromInputUnsafe(duration)) / 100 - 1
  })

/** Calls at the given seconds. Returns the result of each call. */
const makeCalls = (at: ReadonlyArray<number>) =>
  Effect.gen(function* () {
    const calls = new Array<Effect.Success<ReturnType<typeof call>>>()
    let now = 0
    for (const second of at) {
      if (second > now) yield* pass(Duration.seconds(second - now))
      now = second
      calls.push(yield* call())
    }
    yield* pass("1 minute")
    return yield* Effect.forEach(calls, Fiber.join)
  })
const call = () => Effect.forkChild(check, { startImmediately: true })

describe("a call", () => {
  it.effect("a call after an upload never returns the answer to a request from before the upload", () => {
    const { layer, state } = makeTenant()
    state.status = "COMPLETED"
    state.answers = [{ takes: "5 seconds" }]
    return Effect.gen(function* () {
      yield* pass("600 millis")
      const early = yield* call()
      yield* pass("1900 millis")
      state.status = "PENDING"
      yield* pass("1500 millis")
      const late = yield* call()
      yield* pass("1 minute")
      assert.deepStrictEqual(yield* Fiber.join(early), ["COMPLETED", 0.6])
      assert.deepStrictEqual(yield* Fiber.join(late), ["PENDING", 5.6])
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "a call joins a request that waits for the rate limit, and returns the time at which that was sent",
    () => {
      const { layer, state } = makeTenant()
      return Effect.gen(function* () {
        const { statuses } = yield* BulkUploads.BulkUploads
        yield* statuses(Array.from({ length: 100 }, (_, n) => n.toString().padStart(32, "0")))
        state.sent.length = 0
        const answers = yield* makeCalls([1, 2, 9])
        assert.lengthOf(state.sent, 1)
        const [sentAt = 0] = state.sent
        assert.isAtLeast(sentAt, 10)
        for (const answer of answers) assert.deepStrictEqual<object>(answer, ["PENDING", sentAt])
      }).pipe(Effect.provide(layer))
    }
  )

  interface Shared {
    readonly name: string
    readonly answers?: ReadonlyArray<Answer>
    readonly tokenTakes?: Duration.Input
    readonly callsAt: ReadonlyArray<number>
    readonly askedAt: ReadonlyArray<number>
    readonly sent: ReadonlyArray<number>
  }
  const shared: ReadonlyArray<Shared> = [
    {
      name: "shares the request after the running one with all calls made meanwhile",
      answers: [{ takes: "5 seconds" }, { takes: "5 seconds" }],
      callsAt: [0, 1, 2, 3, 6, 7],
      askedAt: [0, 5, 5, 5, 10, 10],
      sent: [0, 5, 10]
    },
    {
      name: "joins a request that waits for a token, and returns the time at which that was sent",
      tokenTakes: "3 seconds",
      callsAt: [0, 1, 2],
      askedAt: [3, 3, 3],
      sent: [3]
    },
    {
      name: "joins a request whose token is renewed, and returns the time of the answered request",
      answers: [{ httpStatus: 401, takes: "1 second" }],
      tokenTakes: "3 seconds",
      callsAt: [0, 5],
      askedAt: [7, 7],
      sent: [3, 7]
    },
    {
      name: "that waits for its retry uses the answer to the request of another call",
      answers: [{ httpStatus: 503, headers: { "retry-after": "30" } }],
      callsAt: [0, 10],
      askedAt: [10, 10],
      sent: [0, 10]
    }
  ]

  it.effect.each(shared)("a call $name", ({ answers = [], askedAt, callsAt, sent, tokenTakes }) => {
    const { layer, state } = makeTenant(tokenTakes === undefined ? undefined : credentials())
    state.answers.push(...answers)
    state.tokenTakes = tokenTakes ?? 0
    return Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* makeCalls(callsAt),
        askedAt.map((at) => ["PENDING", at] as const)
      )
      assert.deepStrictEqual(state.sent, sent)
    }).pipe(Effect.provide(layer))
  })

  it.effect(
    "a call that is interrupted leaves its request to the others, and the last one aborts the request",
    () => {
      const { layer, state } = makeTenant()
      state.answers = [{ takes: "20 seconds" }, { takes: "20 seconds" }]
      return Effect.gen(function* () {
        const [first, second] = [yield* call(), yield* call()]
        yield* pass("1 second")
        const waiting = yield* call()
        yield* Fiber.interrupt(first)
        assert.deepStrictEqual(state.abandoned, [])
        yield* Fiber.interrupt(second)
        assert.deepStrictEqual(state.abandoned, [1])
        // The waiting request is sent at once, and is aborted in the same way.
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(state.sent, [0, 1])
        yield* pass("1 second")
        yield* Fiber.interrupt(waiting)
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(state.sent, [0, 1])
        assert.deepStrictEqual(state.abandoned, [1, 2])
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("a call ends with the layer, whether its request runs, waits or has not begun", () => {
    const { layer, state } = makeTenant()
    state.answers = [{ takes: "5 seconds" }]
    return Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer, scope)
      const begin = Effect.provideContext(call(), context)
      const first = yield* begin
      yield* pass("1 second")
      const waiting = yield* begin
      yield* Scope.close(scope, Exit.void)
      for (const fiber of [first, waiting, yield* begin]) {
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
      }
      assert.deepStrictEqual([state.sent, state.abandoned], [[0], [1]])
    })
  })
})

describe("a check", () => {
  it.effect(
    "a check that fails before its request is sent has the time of its failure, not that of an interrupted request",
    () =>
      Effect.gen(function* () {
        let isSent = true
        const failure = new ConnectionFailed({ host: "acme.api.identitynow.com" })
        const checks = yield* makeChecks((_, onSend) =>
          isSent ? Effect.andThen(onSend, Effect.never) : Effect.fail(failure)
        )
        const sourceId = yield* SourceId.fromString(id)
        const [follower, other] = [yield* checks(sourceId), yield* checks(sourceId)]
        yield* TestClock.adjust("1 second")
        const interrupted = yield* Effect.forkChild(other.next, { startImmediately: true })
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(interrupted)
        isSent = false
        const { at } = yield* follower.next
        assert.strictEqual(DateTime.toEpochMillis(at), 2000)
      })
  )
})

/** Follows the source, and records the status of each check, and when the check was requested and seen. */
const following = (options: Partial<BulkUploads.AwaitOptions>) =>
  Effect.gen(function* () {
    const { awaitSettled } = yield* BulkUploads.BulkUploads
    const seen = new Array<readonly [status: State, askedAt: number, seenAt: number]>()
    const fiber = yield* awaitSettled(id, {
      timeout: "1 hour",
      onCheck: ({ status }, at) =>
        Effect.map(seconds, (now) => void seen.push([status, DateTime.toEpochMillis(at) / 1000, now])),
      ...options
    }).pipe(Effect.result, Effect.forkChild({ startImmediately: true }))
    return { fiber, seen }
  })

describe("followers of a source", () => {
  it.effect("followers share checks: one requests a check only if there was none since its last one", () => {
    const { layer, state } = makeTenant()
    return Effect.gen(function* () {
      const early = yield* following({ schedule: Schedule.spaced("10 seconds") })
      yield* pass("4 seconds")
      const late = yield* following({ schedule: Schedule.spaced("10 seconds") })
      yield* pass("30 seconds")
      assert.deepStrictEqual(state.sent, [0, 4, 14, 24, 34])
      const times = [early, late].map(({ seen }) => seen.map(([, askedAt, seenAt]) => [askedAt, seenAt]))
      assert.deepStrictEqual(times[0], Array.of([0, 0], [4, 10], [14, 20], [24, 30]))
      assert.deepStrictEqual(times[1], Array.of([4, 4], [14, 14], [24, 24], [34, 34]))
    }).pipe(Effect.provide(layer))
  })

  it.effect("followers never use an answer to an earlier request", () => {
    const { layer, state } = makeTenant()
    state.status = "COMPLETED"
    state.answers = [{ takes: "5 seconds" }]
    return Effect.gen(function* () {
      const early = yield* following({ since: DateTime.makeUnsafe(0), grace: "1 hour" })
      yield* pass("2 seconds")
      state.status = "PENDING"
      const late = yield* following({})
      yield* pass("3100 millis")
      assert.deepStrictEqual([early.seen, late.seen], [[["COMPLETED", 0, 5]], [["PENDING", 5, 5]]])
      state.status = "ERROR"
      yield* pass("1 minute")
      assert.strictEqual(Result.getOrThrow(yield* Fiber.join(late.fiber)).status, "ERROR")
    }).pipe(Effect.provide(layer))
  })

  it.effect("a stream of changes leaves out the statuses from before the upload", () => {
    const { layer, state } = makeTenant()
    state.status = "COMPLETED"
    return Effect.gen(function* () {
      const { changes } = yield* BulkUploads.BulkUploads
      const since = DateTime.makeUnsafe(5000)
      const first = yield* Effect.forkChild(Stream.runHead(changes(id, { since })), {
        startImmediately: true
      })
      state.status = "PENDING"
      yield* pass("1 minute")
      assert.strictEqual(Option.getOrThrow(yield* Fiber.join(first)).status, "PENDING")
    }).pipe(Effect.provide(layer))
  })

  it.effect("a follower leaves checks to others, the last one ends them, and a new one restarts them", () => {
    const { layer, state } = makeTenant()
    return Effect.gen(function* () {
      const schedule = Schedule.spaced("10 seconds")
      const all = [yield* following({ schedule }), yield* following({ schedule })]
      for (const [index, { fiber }] of all.entries()) {
        yield* pass("10 seconds")
        assert.strictEqual(state.sent.length, index + 2)
        yield* Fiber.interrupt(fiber)
      }
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(state.sent, [0, 10, 20])
      yield* following({ schedule })
      yield* pass("1 second")
      assert.deepStrictEqual(state.sent, [0, 10, 20, 3620])
    }).pipe(Effect.provide(layer))
  })
})

/** The names of a span, its parent and its linked spans. */
const shown = (span: Tracer.Span) => ({
  name: span.name,
  parent: Option.getOrUndefined(
    Option.map(span.parent, (parent) => ("name" in parent ? parent.name : parent))
  ),
  links: span.links.map(({ span }) => ("name" in span ? span.name : span.spanId)).toSorted()
})
const STATUS = "GET /v2024/non-employee-sources/{id}/non-employee-bulk-upload/status"
const POST = "POST /oauth/token"

describe("the span of shared work", () => {
  it.effect("the span of shared work is a root that links its callers' spans, and these link it", () => {
    const { layer, state } = makeTenant(credentials())
    state.tokenTakes = "3 seconds"
    const [{ spans }, observing] = observe()
    return Effect.gen(function* () {
      const { status } = yield* BulkUploads.BulkUploads
      yield* Effect.forkChild(check.pipe(Effect.withSpan("a")))
      yield* Effect.forkChild(Effect.withSpan(status(id), "b"))
      yield* Effect.forkChild(Effect.withSpan(status("0".repeat(32)), "c"))
      yield* pass("3 seconds")
      const root = { parent: undefined }
      assert.sameDeepMembers(spans.filter(({ name }) => name.length > 1).map(shown), [
        { name: "BulkUploads.check", parent: "a", links: ["AccessToken.fetch", "BulkUploads.request"] },
        { name: "BulkUploads.status", parent: "b", links: ["AccessToken.fetch", "BulkUploads.request"] },
        { name: "BulkUploads.status", parent: "c", links: ["AccessToken.fetch", "BulkUploads.request"] },
        { ...root, name: "BulkUploads.request", links: ["BulkUploads.check", "BulkUploads.status"] },
        { ...root, name: "BulkUploads.request", links: ["BulkUploads.status"] },
        {
          ...root,
          name: "AccessToken.fetch",
          links: ["BulkUploads.check", "BulkUploads.status", "BulkUploads.status"]
        },
        { name: POST, parent: "AccessToken.fetch", links: [] },
        { name: STATUS, parent: "BulkUploads.request", links: [] },
        { name: STATUS, parent: "BulkUploads.request", links: [] }
      ])
    }).pipe(Effect.provide(Layer.provideMerge(layer, observing)))
  })

  it.effect("the span of shared work links at most 128 spans, as many as OpenTelemetry keeps", () => {
    const { layer, state } = makeTenant()
    state.answers = [{ takes: "1 second" }]
    const [{ spans }, observing] = observe()
    return Effect.gen(function* () {
      yield* Effect.forkChild(Effect.replicateEffect(check, 1000, { concurrency: "unbounded" }))
      yield* pass("1 minute")
      const requests = spans.filter(({ name }) => name === "BulkUploads.request")
      assert.deepStrictEqual(
        requests.map(({ links }) => links.length),
        [128]
      )
    }).pipe(Effect.provide(Layer.provideMerge(layer, observing)))
  })
})
