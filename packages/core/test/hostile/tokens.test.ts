/** Invalid token answers, and tokens that SailPoint refuses while they are in use. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { getBulkUploadStatus } from "../../src/BulkUploads.ts"
import { transports } from "../support/tenant.ts"
import { outcome } from "./support/outcome.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { service } from "./support/service.ts"
import * as wire from "./support/wire.ts"

const ask = getBulkUploadStatus(RawTenant.idOf(1))
const done = wire.json(200, { status: "COMPLETED" })

const grants: ReadonlyArray<readonly [name: string, body: unknown, expected: string]> = [
  ["a token without a lifetime", { access_token: "t" }, "COMPLETED"],
  ["a token that is not a JWT", { access_token: "!#$%&'*+-.^_`|~<>" }, "COMPLETED"],
  ["a token of 4,000 characters", { access_token: "t".repeat(4_000) }, "COMPLETED"],
  ["a token of another type", { access_token: "t", token_type: "mac" }, "COMPLETED"],
  ...[undefined, "", null, 7, ["t"], {}, "a\r\nx: 1", "a\n", "a b", "a\0b", "\u00fc", "a\u200bb"].map(
    (token) => [`the token ${JSON.stringify(token)}`, { access_token: token }, "UnexpectedResponse"] as const
  ),
  ["a token in __proto__", JSON.parse('{"__proto__":{"access_token":"t"}}'), "UnexpectedResponse"],
  ["an error with a 200", { error: "invalid_client" }, "UnexpectedResponse"],
  ["a list", [{ access_token: "t" }], "UnexpectedResponse"],
  ["null", null, "UnexpectedResponse"]
]

describe.each(transports)(
  "over %s, the token answer",
  { concurrent: true, timeout: 60_000 },
  (_, transport) => {
    it.live.each(grants)("a token answer with %s has the expected outcome", ([, body, expected]) =>
      Effect.gen(function* () {
        const tenant = yield* RawTenant.make((socket, request) =>
          (RawTenant.isToken(request) ? wire.json(200, body) : done)(socket, request)
        )
        assert.strictEqual(yield* Effect.provide(outcome(ask), service(tenant.url, transport)), expected)
      })
    )
  }
)

/** The authorizations of status requests, in the order of their arrival. */
const authorizations = (tenant: RawTenant.RawTenant) =>
  tenant.requests.flatMap((request) => (RawTenant.isToken(request) ? [] : [request.authorization]))
const tokenCalls = (tenant: RawTenant.RawTenant) => tenant.requests.filter(RawTenant.isToken).length

/** Grants `t1`, `t2`, … */
const numbered = (): RawTenant.Answer => {
  let granted = 0
  return (socket, request) =>
    wire.json(200, { access_token: `t${++granted}`, expires_in: 600 })(socket, request)
}

const HUNDRED = Array.from({ length: 100 }, (_, n) => n)
const askAll = Effect.forEach(HUNDRED, (n) => getBulkUploadStatus(RawTenant.idOf(n)), {
  concurrency: "unbounded"
})

describe.each(transports)("over %s, a token that is refused", { timeout: 60_000 }, (_, transport) => {
  const orders = [
    // The tenant refuses the token once it has every request.
    ["in a hundred calls at once", true],
    // The tenant refuses the other requests after the first one succeeds with the new token.
    ["in one call, and in others after its renewal", false]
  ] as const

  it.live.each(orders)("a token that is refused %s is renewed once, and no call fails", ([, atOnce]) =>
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
  it.live("a tenant that refuses every token gets two status requests and one token request per call", () =>
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
