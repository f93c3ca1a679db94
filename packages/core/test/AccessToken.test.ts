import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import type * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import type { BulkUploadError } from "../src/BulkUploadError.ts"
import { getBulkUploadStatus, layer } from "../src/BulkUploads.ts"
import { ApiClient as Client } from "../src/internal/apiClient.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { observe } from "./support/observed.ts"
import { scriptedHttp } from "./support/scriptedHttp.ts"
import { adjustable } from "./support/spending.ts"
import { api, auth, plan, tenant } from "./support/tenant.ts"

const done = Source.named("Done").sourceId
const ask = getBulkUploadStatus(done)

const requests = (endpoint: "token" | "status") =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.Sandbox
    return (yield* sandbox.received).filter((request) => request.endpoint === endpoint).length
  })

const withoutRetries = tenant({ retryPolicy: RetryPolicy.none })
const grant = (body: unknown): Fault.Fault => ({ _tag: "Respond", status: 200, body })
const pending = grant({ status: "PENDING" })
const refused: Fault.Fault = { _tag: "Respond", status: 401, body: {} }

/** Expects that calls use a token for a time, and not a millisecond longer. */
const renewedAfter = (keptSeconds: number) =>
  Effect.gen(function* () {
    yield* ask
    yield* TestClock.adjust(keptSeconds * 1000 - 1)
    yield* ask
    assert.strictEqual(yield* requests("token"), 1)
    yield* TestClock.adjust(1)
    yield* ask
    assert.strictEqual(yield* requests("token"), 2)
  })

describe("AccessToken", () => {
  const lifetimes = [
    ["a token of 749 s is renewed 60 s before its end", "sandbox", "sandbox-secret", 689],
    ["a token of 15 s is renewed a tenth before its end", "sandbox-short", "short-secret", 13.5]
  ] as const

  it.effect.each(lifetimes)("%s", ([, clientId, secret, keptSeconds]) =>
    renewedAfter(keptSeconds).pipe(
      Effect.provide(tenant({ auth: { clientId, clientSecret: Redacted.make(secret) } }))
    )
  )

  const expiries: ReadonlyArray<readonly [expiresIn: unknown, keptSeconds: number]> = [
    ...[undefined, null, "soon", 0, -5, "", " ", "NaN", "1e400", true, {}, [60]].map(
      (value) => [value, 270] as const
    ),
    [1e-9, 1],
    [Number.MAX_VALUE, 43_140],
    ["600", 540],
    [600, 540]
  ]

  it.effect.each(expiries)("a token with expires_in %j is kept for %d s", ([expiresIn, keptSeconds]) =>
    Effect.gen(function* () {
      yield* plan("token", grant({ access_token: "t", expires_in: expiresIn }), 2)
      yield* plan("status", pending, 3)
      yield* renewedAfter(keptSeconds)
    }).pipe(Effect.provide(tenant()))
  )

  it.live("a given token is sent without surrounding space, and never renewed", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      const error = yield* Effect.flip(ask)
      assert.strictEqual(error._tag, "Unauthorized")
      const received = yield* sandbox.received
      assert.deepStrictEqual(
        received.map(({ endpoint, headers }) => [endpoint, headers["authorization"]]),
        [["status", "Bearer made-elsewhere"]]
      )
    }).pipe(Effect.provide(tenant({ auth: { accessToken: Redacted.make(" made-elsewhere\n") } })))
  )

  it.live("a given token is read again if SailPoint refuses it, and no call fails", () => {
    let token = "old"
    const accessToken = Effect.sync(() => Redacted.make(token))
    return Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* plan("status", pending)
      yield* ask
      token = "new"
      yield* plan("status", refused)
      yield* plan("status", pending)
      yield* ask
      const sent = (yield* sandbox.received).map(({ headers }) => headers["authorization"])
      assert.deepStrictEqual(sent, ["Bearer old", "Bearer old", "Bearer new"])
    }).pipe(Effect.provide(tenant({ auth: { accessToken } })))
  })

  it.effect("concurrent calls whose access token is refused read the token again and succeed", () => {
    let token = "old"
    const accessToken = Effect.sync(() => Redacted.make(token))
    const bothRefused = Latch.makeUnsafe()
    let refusals = 0
    const http = scriptedHttp(({ headers }) =>
      Effect.gen(function* () {
        if (headers["authorization"] === "Bearer new") return Response.json({ status: "PENDING" })
        refusals += 1
        if (refusals === 2) yield* bothRefused.open
        yield* bothRefused.await
        token = "new"
        return new Response("", { status: 401 })
      })
    )
    const live = layer({ baseUrl: "https://acme.api.identitynow.com", auth: { accessToken } })
    return Effect.gen(function* () {
      const calls = ["1", "2"].map((digit) => getBulkUploadStatus(digit.repeat(32)))
      const statuses = yield* Effect.all(calls, { concurrency: 2 })
      assert.deepStrictEqual(
        statuses.map(({ status }) => status),
        ["PENDING", "PENDING"]
      )
    }).pipe(Effect.provide(Layer.provide(live, http)))
  })

  it.live.each<readonly [string, Parameters<typeof api>[0]]>([
    ["is fetched", {}],
    ["is given", { auth: { accessToken: Redacted.make("given") } }]
  ])("a token that %s is redacted, also for a caller whose span belongs to another process", ([, options]) =>
    Effect.gen(function* () {
      const { accessToken } = yield* Client
      const span = Tracer.externalSpan({ spanId: "1".repeat(16), traceId: "2".repeat(32) })
      const token = yield* Effect.withParentSpan(accessToken.get, span)
      assert.strictEqual(String(token), "<redacted:access token>")
    }).pipe(Effect.provide(Layer.provideMerge(api(options), Layer.merge(Sandbox.layer(), observe()[1]))))
  )

  it.live("a refused token is renewed although the system clock was put back", () =>
    Effect.gen(function* () {
      const { clock, putBack } = adjustable(yield* Clock.Clock)
      const askOnClock = Effect.provideService(ask, Clock.Clock, clock)
      yield* askOnClock
      putBack()
      yield* plan("status", refused)
      yield* askOnClock
      assert.strictEqual(yield* requests("token"), 2)
    }).pipe(Effect.provide(tenant()))
  )

  it.live("a client secret is read for every token request, and the error names a wrong one", () => {
    let secret = "not-yet"
    const clientSecret = Effect.sync(() => Redacted.make(secret))
    return Effect.gen(function* () {
      const error = yield* Effect.flip(ask)
      assert.strictEqual(error._tag, "AuthenticationFailed")
      for (const text of ["invalid_client", "clientSecret"]) assert.include(error.message, text)
      secret = Redacted.value(auth.clientSecret)
      yield* ask
    }).pipe(Effect.provide(tenant({ auth: { clientId: auth.clientId, clientSecret } })))
  })

  it.live.each(["", "two words", "a\nb", "schl\u00fcssel"])(
    "a given token that is not valid in a header fails: %j",
    (token) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask)
        assert.strictEqual(error._tag, "AuthenticationFailed")
        assert.include(
          error.message,
          "the given access token is empty or has characters that are not allowed"
        )
        assert.include(error.message, "accessToken")
        assert.strictEqual(yield* requests("status"), 0)
      }).pipe(Effect.provide(tenant({ auth: { accessToken: Redacted.make(token) } })))
  )

  const refusals: ReadonlyArray<readonly [status: number, body: unknown, tag: BulkUploadError["_tag"]]> = [
    [401, { error: "invalid_client", error_description: "Gone." }, "AuthenticationFailed"],
    [400, { error: "invalid_request" }, "AuthenticationFailed"],
    [403, "<html>", "AuthenticationFailed"],
    [404, {}, "NotFound"],
    [500, {}, "ServerError"],
    [200, { token: "x" }, "UnexpectedResponse"]
  ]

  it.live.each(refusals)(
    "a failed token request with %d and %j is a typed error, and the next call requests another token",
    ([status, body, tag]) =>
      Effect.gen(function* () {
        yield* plan("token", { _tag: "Respond", status, body })
        const error = yield* Effect.flip(ask)
        assert(error._tag === tag && error._tag !== "InvalidSourceId")
        assert.strictEqual(error.operation, "token")
        assert.notProperty(error, "body", "errors never contain the body of a token answer")
        assert.strictEqual((yield* ask).status, "COMPLETED")
      }).pipe(Effect.provide(withoutRetries))
  )

  it.effect("a refusal of the old token does not end a running renewal", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      const { accessToken } = yield* Client
      const old = yield* accessToken.get
      yield* TestClock.adjust("690 seconds")
      yield* plan("token", { _tag: "Delay", duration: "1 second" })
      const renewing = yield* Effect.forkChild(accessToken.get)
      yield* sandbox.until((all) => all.length === 2)
      assert.isTrue(yield* accessToken.refused(old))
      const late = yield* Effect.forkChild(accessToken.get)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(late), yield* Fiber.join(renewing))
      assert.strictEqual(yield* requests("token"), 2)
    }).pipe(Effect.provide(Layer.provideMerge(api(), Sandbox.layer())))
  )
})
