/** Token answers that are no good, and tokens that stop being good while they are used. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as TestClock from "effect/testing/TestClock"
import { getBulkUploadStatus } from "../../src/BulkUploads.ts"
import * as RequestBudget from "../../src/RequestBudget.ts"
import * as RetryPolicy from "../../src/RetryPolicy.ts"
import { transports } from "../support/tenant.ts"
import { outcome } from "./support/outcome.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { service } from "./support/service.ts"
import * as wire from "./support/wire.ts"

const ask = getBulkUploadStatus(RawTenant.idOf(1))
const done = wire.json(200, { status: "COMPLETED" })

const grants: ReadonlyArray<readonly [name: string, body: unknown, expected: string]> = [
  ["a token alone", { access_token: "t" }, "COMPLETED"],
  ["a token that is no JWT", { access_token: "!#$%&'*+-.^_`|~<>" }, "COMPLETED"],
  ["a token of 4,000 characters", { access_token: "t".repeat(4_000) }, "COMPLETED"],
  ["no token", {}, "UnexpectedResponse"],
  ["an empty token", { access_token: "" }, "UnexpectedResponse"],
  ["null for a token", { access_token: null }, "UnexpectedResponse"],
  ["a number for a token", { access_token: 7 }, "UnexpectedResponse"],
  ["a list for a token", { access_token: ["t"] }, "UnexpectedResponse"],
  ["an object for a token", { access_token: { value: "t" } }, "UnexpectedResponse"],
  ["a token with a line feed", { access_token: "a\nb" }, "UnexpectedResponse"],
  ["a token that adds a header", { access_token: "a\r\nx-admin: 1" }, "UnexpectedResponse"],
  ["a token with a line feed at its end", { access_token: "a\n" }, "UnexpectedResponse"],
  ["a token with a space", { access_token: "a b" }, "UnexpectedResponse"],
  ["a token with a tab", { access_token: "a\tb" }, "UnexpectedResponse"],
  ["a token with a null byte", { access_token: "a\0b" }, "UnexpectedResponse"],
  [
    "a token with a letter that no header can carry",
    { access_token: "schl\u00fcssel" },
    "UnexpectedResponse"
  ],
  ["a token with invisible characters", { access_token: "a\u200bb" }, "UnexpectedResponse"],
  [
    "a token under a key of every object",
    JSON.parse('{"__proto__":{"access_token":"t"}}'),
    "UnexpectedResponse"
  ],
  ["a token under a key in other case", { accessToken: "t" }, "UnexpectedResponse"],
  ["the error body with a 200", { error: "invalid_client" }, "UnexpectedResponse"],
  ["a list", [{ access_token: "t" }], "UnexpectedResponse"],
  ["null", null, "UnexpectedResponse"],
  ["a string", "t", "UnexpectedResponse"],
  ["another type of token, which is used all the same", { access_token: "t", token_type: "mac" }, "COMPLETED"]
]

describe.each(transports)(
  "over %s, the token answer is",
  { concurrent: true, timeout: 60_000 },
  (_, transport) => {
    it.live.each(grants)("%s", ([, body, expected]) =>
      Effect.gen(function* () {
        const tenant = yield* RawTenant.make((socket, request) =>
          (RawTenant.isToken(request) ? wire.json(200, body) : done)(socket, request)
        )
        assert.strictEqual(yield* Effect.provide(outcome(ask), service(tenant.url, transport)), expected)
      })
    )
  }
)

/** What the requests of one kind were authorised with, in the order they came. */
const authorizations = (tenant: RawTenant.RawTenant) =>
  tenant.requests.flatMap((request) => (RawTenant.isToken(request) ? [] : [request.authorization]))
const tokenCalls = (tenant: RawTenant.RawTenant) => tenant.requests.filter(RawTenant.isToken).length

/** Grants `t1`, `t2`, … */
const numbered = () => {
  let granted = 0
  return ((socket, request) =>
    wire.json(200, { access_token: `t${++granted}`, expires_in: 600 })(
      socket,
      request
    )) satisfies RawTenant.Answer
}

const HUNDRED = Array.from({ length: 100 }, (_, n) => n)
const askAll = Effect.forEach(HUNDRED, (n) => getBulkUploadStatus(RawTenant.idOf(n)), {
  concurrency: "unbounded"
})

describe.each(transports)("over %s, a token that is refused", { timeout: 60_000 }, (_, transport) => {
  const orders = [
    // No call is refused before all have been sent.
    ["to a hundred calls at once", true],
    // All but one are refused after the first has its answer with the new token.
    ["to one call, and to others after its renewal", false]
  ] as const

  it.live.each(orders)("%s is renewed once, and no call fails", ([, atOnce]) =>
    Effect.gen(function* () {
      const grant = numbered()
      const refusals: Array<() => void> = []
      const tenant = yield* RawTenant.make((socket, request) => {
        if (RawTenant.isToken(request)) return grant(socket, request)
        if (request.authorization !== "Bearer t1") {
          done(socket, request)
          for (const refuse of refusals.splice(0)) refuse()
        } else if (refusals.push(() => wire.json(401, {})(socket, request)) === HUNDRED.length) {
          for (const refuse of refusals.splice(0, atOnce ? HUNDRED.length : 1)) refuse()
        }
      })
      const statuses = yield* Effect.provide(askAll, service(tenant.url, transport))
      assert.isTrue(statuses.every(({ status }) => status === "COMPLETED"))
      assert.strictEqual(tokenCalls(tenant), 2)
      assert.strictEqual(authorizations(tenant).length, 200)
    })
  )
})

describe("a tenant that refuses every token", () => {
  it.live("gets two requests for each call, and at most two token requests", () =>
    Effect.gen(function* () {
      const grant = numbered()
      const tenant = yield* RawTenant.make((socket, request) =>
        (RawTenant.isToken(request) ? grant : wire.json(401, {}))(socket, request)
      )
      yield* Effect.gen(function* () {
        for (const calls of [1, 2, 3]) {
          assert.strictEqual(yield* outcome(ask), "Unauthorized")
          assert.strictEqual(authorizations(tenant).length, 2 * calls)
          assert.isAtMost(tokenCalls(tenant), 1 + calls)
        }
      }).pipe(Effect.provide(service(tenant.url, FetchHttpClient.layer)))
    })
  )
})

describe("a token endpoint that asks for a long wait", () => {
  it.effect("gets no request before that time, however many calls there are", () =>
    Effect.gen(function* () {
      const tenant = yield* RawTenant.make(wire.json(429, {}, { "retry-after": "300" }))
      yield* Effect.gen(function* () {
        assert.include((yield* Effect.flip(ask)).message, "asks to wait 300 s")
        yield* TestClock.adjust("100 seconds")
        const error = yield* Effect.flip(ask)
        assert.strictEqual(error._tag, "RateLimited")
        assert.include(error.message, "asks to wait 200 s")
        assert.include(error.message, "was not sent")
        assert.strictEqual(tokenCalls(tenant), 1)
        yield* TestClock.adjust("200 seconds")
        yield* Effect.flip(ask)
        assert.strictEqual(tokenCalls(tenant), 2)
      }).pipe(
        Effect.provide(
          service(tenant.url, FetchHttpClient.layer, {}, RetryPolicy.make(), RequestBudget.make())
        )
      )
    })
  )
})
