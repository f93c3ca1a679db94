/** A client uses its options, in any order of layers and in any context. */
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as ApiClient from "../src/ApiClient.ts"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as Explanation from "../src/Explanation.ts"
import { ApiClient as Client } from "../src/internal/apiClient.ts"
import * as NonEmployeeSources from "../src/NonEmployeeSources.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
const acme = "https://acme.api.identitynow.com"
const env = { SAIL_BASE_URL: acme, SAIL_ACCESS_TOKEN: "of-the-environment" }
const environment = (variables: Record<string, string> = {}) =>
  ConfigProvider.layer(ConfigProvider.fromEnv({ env: { ...env, ...variables } }))

interface Sent {
  readonly request: HttpClientRequest.HttpClientRequest
  readonly init: RequestInit | undefined
}

/** An HTTP client that answers every request with 500, and its requests with their options of `fetch`. */
const failing = () => {
  const sent: Array<Sent> = []
  const layer = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, _url, _signal, fiber) => {
      sent.push({ request, init: Context.getOrUndefined(fiber.context, FetchHttpClient.RequestInit) })
      return Effect.succeed(HttpClientResponse.fromWeb(request, new Response("{}", { status: 500 })))
    })
  )
  return { sent, layer }
}

const fresh = (): ApiClient.Options => ({
  baseUrl: acme,
  // Clients with one token share a rate limit, so every test has a different token.
  auth: { accessToken: Redacted.make(crypto.randomUUID()) }
})

/** Runs calls over a layer for a time, and interrupts those that take longer. */
const run = <A, R, E>(
  calls: Effect.Effect<A, never, R>,
  live: Layer.Layer<R, E>,
  time: Duration.Input = "5 minutes"
) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(live)
    const fiber = yield* Effect.forkChild(Effect.provideContext(calls, context))
    yield* TestClock.adjust(time)
    yield* Fiber.interrupt(fiber)
    return yield* Fiber.await(fiber)
  })

const asking = (sourceId: string) =>
  Effect.exit(Effect.flatMap(BulkUploads.BulkUploads, (uploads) => uploads.status(sourceId)))
const status = asking(sourceId)
const list = Effect.exit(Effect.flatMap(NonEmployeeSources.NonEmployeeSources, (sources) => sources.list()))

/** The numbers of requests for statuses and for lists. */
const counted = (sent: ReadonlyArray<Sent>): readonly [statuses: number, lists: number] => {
  const statuses = sent.filter(({ request }) => request.url.endsWith("/status")).length
  return [statuses, sent.length - statuses]
}

/** Options, and the number of requests that a failing call makes with them. */
const policies: ReadonlyArray<readonly [string, Pick<ApiClient.Options, "retryPolicy">, requests: number]> = [
  ["no policy", {}, 6],
  ["none", { retryPolicy: RetryPolicy.none }, 1],
  ["two retries", { retryPolicy: RetryPolicy.make({ retries: 2 }) }, 3]
]

const sourcesOver = <E, R>(client: Layer.Layer<ApiClient.ApiClient, E, R>) =>
  Layer.provide(NonEmployeeSources.layerApiClient, client)

const constructors = [
  [BulkUploads.layer, ApiClient.layer],
  [BulkUploads.layerConfig, ApiClient.layerConfig]
] as const
const pairs = policies.flatMap(([mine, ours, asks]) =>
  policies.map(([theirs, options, lists]) => ({ mine, ours, asks, theirs, options, lists }))
)

describe("a service", () => {
  it("the key of each service names its module, so that no other library's service replaces it", () => {
    assert.deepStrictEqual(
      [
        Client.key,
        BulkUploads.BulkUploads.key,
        Explanation.Explanation.key,
        NonEmployeeSources.NonEmployeeSources.key
      ],
      ["ApiClient", "BulkUploads", "Explanation", "NonEmployeeSources"].map(
        (name) => `@sailpoint-bulk-upload/core/${name}`
      )
    )
  })
})

describe("two layers that are merged", () => {
  it.effect.each(pairs)(
    "each service of two layers uses its own policy, in any order of layers: $mine, and $theirs",
    ({ asks, lists, options, ours }) =>
      Effect.gen(function* () {
        for (const [uploads, client] of constructors) {
          for (const isReversed of [false, true]) {
            const { layer, sent } = failing()
            const first = uploads({ ...fresh(), ...ours })
            const second = sourcesOver(client({ ...fresh(), ...options }))
            const both = isReversed ? Layer.merge(second, first) : Layer.merge(first, second)
            yield* run(Effect.andThen(status, list), Layer.provide(both, [layer, environment()]))
            assert.deepStrictEqual(counted(sent), [asks, lists])
          }
        }
      })
  )

  const two = { requests: 2, per: "1 minute" } as const
  type Budget = ApiClient.Options["requestBudget"]
  const limits: ReadonlyArray<readonly [string, first: Budget, second: Budget, limit: number]> = [
    ["equal numbers", two, { ...two }, 2],
    ["equal limits and another longest back-off", two, { ...two, maxPause: "5 seconds" }, 2],
    ["no numbers", undefined, undefined, 100]
  ]

  it.effect.each(limits)("clients with %s share one limit", ([, first, second, limit]) =>
    Effect.gen(function* () {
      const { layer, sent } = failing()
      const options = { ...fresh(), retryPolicy: RetryPolicy.none }
      const Live = Layer.merge(
        BulkUploads.layer({ ...options, requestBudget: first }),
        sourcesOver(ApiClient.layer({ ...options, requestBudget: second }))
      )
      const all = Effect.all([...Array.from({ length: 120 }, () => list), status], {
        concurrency: "unbounded"
      })
      yield* run(all, Layer.provide(Live, layer), 0)
      assert.strictEqual(sent.length, limit)
    })
  )
})

describe("a retry policy", () => {
  const { withPolicy } = RetryPolicy
  const two = RetryPolicy.make({ retries: 2 })

  const made = Effect.fnUntraced(function* (
    calls: Effect.Effect<unknown, never, BulkUploads.BulkUploads | NonEmployeeSources.NonEmployeeSources>,
    retryPolicy?: RetryPolicy.Policy
  ) {
    const { layer, sent } = failing()
    const options = { ...fresh(), retryPolicy }
    const Live = Layer.merge(BulkUploads.layer(options), sourcesOver(ApiClient.layer(options)))
    yield* run(calls, Layer.provide(Live, layer))
    return counted(sent)
  })

  const cases: ReadonlyArray<readonly [string, ReturnType<typeof made>, ReadonlyArray<number>]> = [
    ["around a call overrides the client's", made(withPolicy(status, RetryPolicy.none)), [1, 0]],
    ["around a call can exceed the client's", made(withPolicy(status, two), RetryPolicy.none), [3, 0]],
    ["around one call leaves the other alone", made(Effect.andThen(withPolicy(status, two), list)), [3, 6]],
    [
      "applies innermost first",
      made(Effect.andThen(withPolicy(status, two), list).pipe(withPolicy(RetryPolicy.none))),
      [3, 1]
    ]
  ]

  it.effect.each(cases)("a retry policy %s", ([, requests, expected]) =>
    Effect.map(requests, (requests) => assert.deepStrictEqual(requests, expected))
  )

  it.effect.each(["first", "last"])(
    "a retry policy belongs to its call, even if that was the %s one to join a shared request",
    (position) =>
      Effect.gen(function* () {
        const ends: Array<string> = []
        const named = (name: string, call: typeof status) =>
          Effect.tap(call, () => Effect.sync(() => ends.push(name)))
        const mine = named("none", withPolicy(status, RetryPolicy.none))
        const theirs = named("the client's", status)
        const atOnce = Effect.sync(() => ends.push("at once"))
        const calls = position === "first" ? [mine, theirs] : [theirs, mine]
        const requests = yield* made(Effect.all([...calls, atOnce], { concurrency: 3 }))
        assert.deepStrictEqual(ends, ["at once", "none", "the client's"])
        assert.deepStrictEqual(requests, [6, 0])
      })
  )

  it.effect("a retry policy applies to the token request, which calls under one policy share", () =>
    Effect.gen(function* () {
      const { layer, sent } = failing()
      const auth = { clientId: crypto.randomUUID(), clientSecret: Redacted.make("secret") }
      const Live = Layer.provide(BulkUploads.layer({ baseUrl: acme, auth }), layer)
      const many = Effect.all(
        Array.from({ length: 20 }, (_, n) => asking(n.toString(16).padStart(32, "0"))),
        { concurrency: "unbounded" }
      )
      yield* run(withPolicy(many, RetryPolicy.none), Live)
      assert.strictEqual(sent.length, 1)
      yield* run(withPolicy(many, two), Live)
      assert.strictEqual(sent.length, 1 + 3)
      yield* run(many, Live)
      assert.strictEqual(sent.length, 1 + 3 + 6)
      assert.isTrue(sent.every(({ request }) => request.url.endsWith("/oauth/token")))
    })
  )
})

const url = (origin: string, version = "v2024") =>
  `${origin}/${version}/non-employee-sources/${sourceId}/non-employee-bulk-upload/status`

const seen = (options: ApiClient.ConfigOptions, variables: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const { layer, sent } = failing()
    const Live = BulkUploads.layerConfig({ retryPolicy: RetryPolicy.none, ...options })
    const exit = yield* Effect.provide(status, Layer.provide(Live, [layer, environment(variables)]))
    assert.isTrue(Exit.isFailure(exit))
    return sent.map(({ request }) => [request.url, request.headers["authorization"]])
  })

describe("layerConfig", () => {
  const mine = { accessToken: Redacted.make("given") }

  const other = "https://b.api.identitynow.com"
  const cases: ReadonlyArray<
    readonly [string, ApiClient.ConfigOptions, Record<string, string>, url: string, bearer?: string]
  > = [
    ["no options", {}, {}, url(acme)],
    ["a plain value", { apiVersion: "beta" }, {}, url(acme, "beta")],
    ["a Config", { baseUrl: Config.String("URL") }, { URL: other }, url(other)],
    ["auth over credentials", { auth: mine }, { SAIL_CLIENT_ID: "id" }, url(acme), "given"]
  ]

  it.effect.each(cases)(
    "layerConfig uses options, and the environment for unset ones: %s",
    ([, options, variables, at, bearer = "of-the-environment"]) =>
      Effect.map(seen(options, variables), (sent) => assert.deepStrictEqual(sent, [[at, `Bearer ${bearer}`]]))
  )

  it.effect("layerConfig applies SAIL_REQUEST_BUDGET to all clients of the process", () =>
    Effect.gen(function* () {
      const { layer, sent } = failing()
      const variables = { SAIL_ACCESS_TOKEN: crypto.randomUUID(), SAIL_REQUEST_BUDGET: "3 per 1 minute" }
      const options = { retryPolicy: RetryPolicy.none }
      const Live = Layer.merge(sourcesOver(ApiClient.layerConfig(options)), BulkUploads.layerConfig(options))
      const all = Effect.all([list, list, status, list], { concurrency: 4 })
      yield* run(all, Layer.provide(Live, [layer, environment(variables)]), "59 seconds")
      assert.strictEqual(sent.length, 3)
    })
  )

  it.effect(
    "an attempt ends after the timeout of a Config, even if the HTTP client ignores interruption",
    () =>
      Effect.gen(function* () {
        const silent = Layer.succeed(
          HttpClient.HttpClient,
          HttpClient.make(() => Effect.promise(() => new Promise(() => {})))
        )
        const options = { attemptTimeout: Config.Duration("TIMEOUT"), retryPolicy: RetryPolicy.none }
        const threeSeconds = environment({ TIMEOUT: "3 seconds" })
        const Live = Layer.provide(BulkUploads.layerConfig(options), [silent, threeSeconds])
        const failed = Effect.orDie(Effect.flatMap(status, Effect.flip))
        const error = yield* Effect.flatten(run(failed, Live, "3 seconds"))
        assert.isTrue(error._tag === "RequestTimeout" && Duration.toSeconds(error.after) === 3)
      })
  )
})

describe("transformClient", () => {
  const options = { ...fresh(), retryPolicy: RetryPolicy.none }
  const proxied = HttpClient.mapRequest(HttpClientRequest.setHeader("x-proxy", "yes"))
  const following = HttpClient.transformResponse(
    Effect.provideService(FetchHttpClient.RequestInit, { cache: "no-store", redirect: "follow" })
  )
  const around = Layer.succeed(FetchHttpClient.RequestInit, { cache: "reload" })

  const noStore: RequestInit = { cache: "no-store" }
  const cases: ReadonlyArray<
    readonly [string, Partial<ApiClient.Options>, header: string | undefined, init: RequestInit]
  > = [
    ["wraps the HTTP client", { transformClient: proxied }, "yes", {}],
    ["sets options of fetch other than redirect", { transformClient: following }, undefined, noStore],
    ["is the only source of options of fetch, unlike the context", {}, undefined, {}]
  ]

  it.effect.each(cases)("transformClient %s", ([, change, header, init]) =>
    Effect.gen(function* () {
      const { layer, sent } = failing()
      const Live = BulkUploads.layer({ ...options, ...change }).pipe(Layer.provide([layer, around]))
      yield* status.pipe(Effect.provide(Layer.merge(around, Live)))
      assert.deepStrictEqual(
        sent.map(({ init, request }) => [request.headers["x-proxy"], init]),
        [[header, { ...init, redirect: "manual" }]]
      )
    })
  )
})
