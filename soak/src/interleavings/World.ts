/**
 * One interleaving: processes that call a simulated SailPoint through the real library, on a test clock and a simulated
 * Redis. Choices decide when callers arrive and leave, how long every command and answer takes, and which of them fail.
 */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
import * as RetryPolicy from "@sailpoint-bulk-upload/core/RetryPolicy"
import * as SharedBudget from "@sailpoint-bulk-upload/core/SharedBudget"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Redis from "effect/persistence/Redis"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import type { Choose } from "./Choices.ts"
import * as LuaRedis from "./LuaRedis.ts"

/** The alternatives of a world. Times are milliseconds; the first of each list is the simplest. */
export interface Alternatives {
  readonly processes: ReadonlyArray<number>
  readonly callers: ReadonlyArray<number>
  readonly limits: ReadonlyArray<number>
  readonly arrivals: ReadonlyArray<number>
  /** Whether a caller requests the first caller's source, and whether it polls until the upload has ended. */
  readonly joins: ReadonlyArray<boolean>
  readonly waits: ReadonlyArray<boolean>
  /** When a caller is interrupted, counted from its arrival. */
  readonly leaves: ReadonlyArray<number>
  readonly statusAnswers: ReadonlyArray<StatusAnswer>
  readonly tokenAnswers: ReadonlyArray<TokenAnswer>
  readonly httpTakes: ReadonlyArray<number>
  readonly redisTakes: ReadonlyArray<number>
  readonly incidents: ReadonlyArray<Incident>
  readonly policies: ReadonlyArray<"none" | "default">
  /** Changes the limit that the library uses, so that a test can show that the exploration finds a wrong limit. */
  readonly misconfigure?: (limit: number) => number
}

export type StatusAnswer = "COMPLETED" | "PENDING" | "429" | "429 after 2 s" | "401" | "500"
export type TokenAnswer = "12 minutes" | "1 second" | "429 after 2 s" | "500" | "401"
export type Incident = "none" | "kill" | "clock step" | "stall" | "Redis lost" | "Redis restarted"

/** The window of the limit. */
const WINDOW = 1000
const DEADLINE = 5000
/** Sums of fractional times are inexact. */
const ROUNDING = 0.001
/** Longer than every wait, retry, lease and token of a world. */
const HORIZON = "3 hours"

/** A request to SailPoint, which can arrive at any time from `begin` to `end`. */
interface Request {
  readonly process: number
  readonly source: string
  readonly begin: number
  end: number
}

/** A response whose text is available at once: the test clock cannot wait for the promise of a real response. */
const reply =
  (status: number, body: object, headers: Readonly<Record<string, string>> = {}) =>
  (request: HttpClientRequest): HttpClientResponse.HttpClientResponse => {
    const text = JSON.stringify(body)
    const response = HttpClientResponse.fromWeb(
      request,
      new Response(null, { status, headers: { ...headers, "content-length": String(text.length) } })
    )
    return Object.defineProperty(response, "text", { value: Effect.succeed(text) })
  }

interface Caller {
  readonly process: number
  readonly source: string
  readonly arrival: number
  /** Whether it polls until the upload has ended. */
  readonly waits: boolean
  fiber: Fiber.Fiber<unknown, unknown> | undefined
  left: boolean
  answers: number
}

/**
 * Returns the status calls that stay and share no request, in the order of their arrival. Polls are left out: they wait
 * for their first access token within a request, and status calls before it.
 */
const inOrder = (callers: ReadonlyArray<Caller>): ReadonlyArray<Caller> =>
  callers
    .filter(
      ({ left, source, waits }) =>
        !left && !waits && callers.filter((other) => other.source === source).length === 1
    )
    .toSorted((a, b) => a.arrival - b.arrival)

/** Runs the world that the choices select. Returns each violated guarantee, and reports every step to `trace`. */
export const run = (
  choose: Choose,
  alternatives: Alternatives,
  trace: (step: string) => void = () => undefined
): Promise<ReadonlyArray<string>> =>
  Effect.runPromise(
    Effect.scoped(world(choose, alternatives, trace)).pipe(
      Random.withSeed(1),
      Effect.provide([TestClock.layer(), Logger.layer([])])
    )
  )

const world = Effect.fnUntraced(function* (
  choose: Choose,
  alternatives: Alternatives,
  report: (step: string) => void
) {
  const pick = <A>(of: ReadonlyArray<A>): A => {
    const picked = of[choose(of.length)]
    if (picked === undefined) throw new Error("The list to pick from is empty.")
    return picked
  }
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  const trace = (process: number, step: string) => report(`${now()} ms, process ${process}: ${step}`)
  const broken = new Set<string>()
  const requests: Array<Request> = []
  const redis = LuaRedis.make()
  let fibers = 0
  let sleeping = 0
  let redisIsLost = false
  let shares = true

  const limit = pick(alternatives.limits)
  const policy = pick(alternatives.policies)
  const processes = Array.from({ length: pick(alternatives.processes) }, (_, process) => process)

  const startProcess = Effect.fnUntraced(function* (process: number) {
    const scope = yield* Scope.make()
    let stalledUntil = 0
    let behind = 0
    let tokenRequests = 0
    /** Sleeps until the time has passed and the process does not stall. */
    const pass = (millis: number): Effect.Effect<void> =>
      Effect.suspend(() => clock.sleep(Duration.millis(Math.max(millis, stalledUntil - now()))))
    const ownClock: Clock.Clock = {
      currentTimeMillisUnsafe: () => now() - behind,
      currentTimeMillis: Effect.sync(() => now() - behind),
      currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() - BigInt(behind) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => clock.currentTimeNanosUnsafe() - BigInt(behind) * 1_000_000n),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos,
      sleep: (duration) =>
        Effect.suspend(() => {
          sleeping += 1
          return Effect.ensuring(
            pass(Duration.toMillis(duration)),
            Effect.sync(() => (sleeping -= 1))
          )
        })
    }

    const answerToken = Effect.gen(function* () {
      tokenRequests += 1
      if (tokenRequests > 1) broken.add("one process fetches two tokens at a time")
      const answer = pick(alternatives.tokenAnswers)
      trace(process, `requests a token, which is answered with ${answer}`)
      yield* Effect.ensuring(
        pass(pick(alternatives.httpTakes)),
        Effect.sync(() => (tokenRequests -= 1))
      )
      switch (answer) {
        case "12 minutes":
          return reply(200, { access_token: "token", expires_in: 720 })
        case "1 second":
          return reply(200, { access_token: "token", expires_in: 1 })
        case "429 after 2 s":
          return reply(429, {}, { "retry-after": "2" })
        default:
          return reply(Number(answer), {})
      }
    })

    const answerStatus = (url: string) =>
      Effect.gen(function* () {
        const source = /[0-9a-f]{32}/u.exec(url)?.[0] ?? ""
        const request: Request = { process, source, begin: now(), end: Infinity }
        requests.push(request)
        check(request)
        trace(process, `sends a request for ${Number.parseInt(source, 16)}`)
        const answer = pick(alternatives.statusAnswers)
        yield* Effect.ensuring(
          pass(pick(alternatives.httpTakes)),
          Effect.sync(() => {
            request.end = now()
            trace(process, `its request for ${Number.parseInt(source, 16)} ends with ${answer}`)
          })
        )
        switch (answer) {
          case "COMPLETED":
          case "PENDING":
            return reply(200, { status: answer })
          case "429":
            return reply(429, {})
          case "429 after 2 s":
            return reply(429, {}, { "retry-after": "2" })
          default:
            return reply(Number(answer), {})
        }
      })

    /** Checks a request against running requests for its source, and against those that can arrive in its window. */
    const check = (request: Request): void => {
      const { begin, process, source } = request
      const same = requests.filter((other) => other.process === process && other.source === source)
      if (same.some((other) => other !== request && other.end > begin)) {
        broken.add("one process sends two requests for a source at a time")
      }
      const near = requests.filter(
        ({ end, process }) =>
          end > request.begin - WINDOW + ROUNDING && (shares || process === request.process)
      )
      if (near.length > limit) {
        broken.add(`${near.length} requests within a window, with a limit of ${limit}`)
      }
    }

    const http = HttpClient.make((request, url) =>
      Effect.map(
        request.url.endsWith("/oauth/token") ? answerToken : answerStatus(url.pathname),
        (response) => response(request)
      )
    )

    const lost = new Redis.RedisError({ cause: new Error("connection lost") })
    const client = Redis.make({
      send: <A>(command: string, ...args: ReadonlyArray<string>) => {
        // A script's text replaces its hash.
        if (command === "SCRIPT") return Effect.succeed(args[1] as A)
        const [lua = "", keyCount = "0", ...params] = args
        const keys = params.slice(0, Number(keyCount))
        return Effect.gen(function* () {
          yield* pass(pick(alternatives.redisTakes))
          if (redisIsLost) return yield* lost
          const result = redis.run(lua, keys, params.slice(Number(keyCount)), now())
          trace(process, `Redis answers ${JSON.stringify(result)} to ${lua.trim().split("\n").at(-1)}`)
          yield* pass(pick(alternatives.redisTakes))
          return result as A
        })
      },
      connect: Effect.fail(lost),
      subscribe: () => Effect.fail(lost)
    })

    const numbers = { requests: alternatives.misconfigure?.(limit) ?? limit, per: Duration.millis(WINDOW) }
    const requestBudget =
      processes.length === 1
        ? Effect.succeed(RequestBudget.make(numbers))
        : Effect.provideServiceEffect(SharedBudget.make(numbers), Redis.Redis, client)
    const context = yield* Layer.buildWithScope(
      Layer.unwrap(
        Effect.map(requestBudget, (requestBudget) =>
          BulkUploads.layer({
            baseUrl: "https://acme.api.identitynow.com",
            auth: { clientId: "client", clientSecret: Redacted.make("secret") },
            attemptTimeout: Duration.millis(DEADLINE),
            retryPolicy: policy === "none" ? RetryPolicy.none : RetryPolicy.make(),
            requestBudget
          })
        )
      ).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, http))),
      scope
    ).pipe(Effect.provideService(Clock.Clock, ownClock), Effect.provideService(Scope.Scope, scope))

    return {
      process,
      scope,
      run: <A, E>(effect: Effect.Effect<A, E, BulkUploads.BulkUploads>) =>
        effect.pipe(Effect.provide(context), Effect.provideService(Clock.Clock, ownClock)),
      stall: (millis: number) => void (stalledUntil = now() + millis),
      step: (millis: number) => void (behind += millis)
    }
  })

  const counted = Metric.FiberRuntimeMetrics.of({
    recordFiberStart: () => void (fibers += 1),
    recordFiberEnd: () => void (fibers -= 1)
  })

  yield* Effect.gen(function* () {
    const running = yield* Effect.forEach(processes, startProcess)
    const callers = new Array<Caller>()
    for (const { process, run } of running) {
      const count = pick(alternatives.callers)
      for (let n = 0; n < count; n++) {
        const arrival = pick(alternatives.arrivals)
        const source = (pick(alternatives.joins) ? 0 : n).toString(16).padStart(32, "0")
        const waits = pick(alternatives.waits)
        const leaves = pick(alternatives.leaves)
        const call = waits
          ? Effect.flatMap(BulkUploads.BulkUploads, ({ awaitSettled }) =>
              awaitSettled(source, { timeout: "1 minute" })
            )
          : BulkUploads.getBulkUploadStatus(source)
        const caller: Caller = { process, source, arrival, waits, left: false, answers: 0, fiber: undefined }
        callers.push(caller)
        const answered = Effect.onExit(run<unknown, unknown>(call), ({ _tag }) =>
          Effect.sync(() => {
            caller.answers += 1
            const later = requests.filter(({ begin }) => begin >= arrival)
            if (
              _tag === "Success" &&
              !later.some((sent) => sent.process === process && sent.source === source)
            ) {
              broken.add("the answer to a call is from a request before the call")
            }
            trace(process, `call ${n} for ${Number.parseInt(source, 16)} ends with ${_tag}`)
          })
        )
        const arrives = Effect.andThen(
          clock.sleep(Duration.millis(arrival)),
          Effect.sync(() => trace(process, `call ${n} for ${Number.parseInt(source, 16)} begins`))
        )
        const fiber = yield* Effect.forkChild(Effect.andThen(arrives, answered))
        caller.fiber = fiber
        if (leaves === Infinity) continue
        yield* clock
          .sleep(Duration.millis(arrival + leaves))
          .pipe(
            Effect.andThen(Effect.sync(() => (caller.left = true))),
            Effect.andThen(Fiber.interrupt(fiber)),
            Effect.forkChild
          )
      }
    }

    const killed = new Set<number>()
    const happen = (incident: Incident): Effect.Effect<void> => {
      const [first] = running
      if (incident === "none" || first === undefined) return Effect.void
      const at = Duration.millis(pick(alternatives.arrivals))
      const incidents: Record<Exclude<Incident, "none">, Effect.Effect<unknown>> = {
        kill: Effect.suspend(() => {
          killed.add(first.process)
          for (const { fiber, process } of callers) if (process === first.process) fiber?.interruptUnsafe()
          return Scope.close(first.scope, Exit.void)
        }),
        "clock step": Effect.sync(() => first.step(3_600_000)),
        stall: Effect.sync(() => first.stall(700)),
        "Redis lost": Effect.sync(() => (redisIsLost = true)).pipe(
          Effect.andThen(clock.sleep(Duration.seconds(5))),
          Effect.andThen(Effect.sync(() => (redisIsLost = false)))
        ),
        "Redis restarted": Effect.sync(() => redis.clear())
      }
      // Without Redis, or after Redis lost its data, each process applies the limit alone.
      if (incident === "Redis lost" || incident === "Redis restarted") shares = false
      return Effect.asVoid(Effect.forkChild(Effect.andThen(clock.sleep(at), incidents[incident])))
    }
    const incident = pick(alternatives.incidents)
    report(`limit ${limit}, ${policy} retries, incident: ${incident}`)
    yield* happen(incident)

    yield* TestClock.adjust(HORIZON)
    for (const { answers, left, process } of callers) {
      if (answers === 0 && !left && !killed.has(process)) broken.add("a caller got no answer")
      if (answers > 1) broken.add("a caller got two answers")
    }
    if (policy === "none") {
      for (const { process } of running) {
        const order = inOrder(callers.filter((caller) => caller.process === process))
          .map(({ source }) => requests.find((sent) => sent.process === process && sent.source === source))
          .flatMap((sent) => sent?.begin ?? [])
        // Requests that are sent at the same time have no order.
        if (order.some((begin, n) => begin < (order[n - 1] ?? 0)))
          broken.add("a request overtakes an earlier one")
      }
    }
    for (const { scope } of running) yield* Scope.close(scope, Exit.void)
    yield* TestClock.adjust(HORIZON)
    if (sleeping !== 0) broken.add(`${sleeping} timers are left behind`)
    const keys = redis.keys(now())
    if (keys.length > 0) broken.add(`keys are left behind in Redis: ${keys.join(", ")}`)
  }).pipe(Effect.provideService(Metric.FiberRuntimeMetrics, counted))
  if (fibers !== 0) broken.add(`${fibers} fibers are left behind`)
  return [...broken]
})
