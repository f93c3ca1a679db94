import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Client from "../src/Client.ts"
import * as Sandbox from "../src/Sandbox.ts"
import { askStatus, askToken, authorize, credentials, exchange, start, typed } from "./support/tenant.ts"

const multipart = (fields: Record<string, string>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

const form = (fields: Record<string, string>) => new URLSearchParams(fields)

describe("the token endpoint", () => {
  it.effect("the token endpoint grants a token with the client's scopes and lifetime", () =>
    Effect.gen(function* () {
      const answered = yield* askToken(yield* Sandbox.make())

      const { access_token: token, ...rest } = answered.json() as Record<string, unknown>
      assert.match(String(token), /^\S{20,}$/u)
      assert.deepStrictEqual(rest, {
        token_type: "bearer",
        expires_in: 749,
        scope: "idn:nelm:read idn:nelm:manage sp:search:read",
        tenant_id: "sandbox",
        pod: "sandbox",
        org: "sandbox"
      })
    })
  )

  const good = credentials()
  const { client_secret: secret = "", ...noSecret } = good
  const { grant_type: _, ...noGrant } = good
  const encoded = form(good).toString()

  // RFC 6749, section 5.2.
  const refusals: ReadonlyArray<readonly [what: string, body: BodyInit, error: string]> = [
    ["a wrong secret", form({ ...good, client_secret: "wrong" }), "invalid_client"],
    ["another client's secret", form({ ...good, client_id: "sandbox-reader" }), "invalid_client"],
    ["no secret", form(noSecret), "invalid_client"],
    ["a wrong grant type", form({ ...good, grant_type: "password" }), "unsupported_grant_type"],
    ["no grant type", form(noGrant), "invalid_request"],
    ["JSON", typed("application/json", JSON.stringify(good)), "invalid_request"],
    ["a form that is declared as text", typed("text/plain", encoded), "invalid_request"]
  ]

  it.effect.each(refusals)("the token endpoint refuses %s", ([, body, error]) =>
    Effect.gen(function* () {
      const status = error === "invalid_client" ? 401 : 400
      const { answered } = yield* exchange({ request: "POST /oauth/token", body, status })

      const refusal = answered.json() as Record<string, unknown>
      assert.hasAllKeys(refusal, ["error", "error_description"])
      assert.strictEqual(refusal["error"], error)
      assert.notInclude(answered.text, secret)
    })
  )

  const ways: ReadonlyArray<readonly [what: string, query: string, body?: BodyInit]> = [
    ["a multipart form", "", multipart(good)],
    ["the query", `?${encoded}`],
    ["a form and the query", `?client_secret=${secret}`, multipart(noSecret)],
    ["a form, whatever the query says", "?client_secret=wrong", multipart(good)]
  ]

  it.effect.each(ways)("the token endpoint accepts the fields in %s", ([, query, body = ""]) =>
    exchange({ request: `POST /oauth/token${query}`, body, status: 200 })
  )
})

describe("a token", () => {
  it.effect(
    "a token is valid until its client's lifetime of tokens has passed, and not a millisecond more",
    () =>
      Effect.gen(function* () {
        const { headers, sandbox } = yield* start({}, "sandbox-short")

        yield* TestClock.adjust("14999 millis")
        const before = yield* askStatus(sandbox, "Done", headers)
        yield* TestClock.adjust(1)
        const after = yield* askStatus(sandbox, "Done", headers)

        assert.strictEqual(before.status, 200)
        assert.strictEqual(after.status, 401)
        assert.deepStrictEqual(after.json(), { error: "JWT validation failed: JWT is expired" })
      })
  )

  it("a token is dropped after 10,000 newer ones, so that a sandbox does not grow over days", () => {
    const tokens = new Client.Tokens()
    const issued = Array.from({ length: 10_001 }, () => `Bearer ${tokens.issue(Client.admin, 0).token}`)

    assert.strictEqual(tokens.verify(issued[0], 0), "JWT validation failed: JWT is not valid")
    assert.strictEqual(tokens.verify(issued[1], 0), Client.admin)
  })

  it.effect("a token is valid only in its sandbox, until it is revoked, after a scheme in any case", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      const newer = yield* authorize(sandbox)
      // The scheme may be in any case (RFC 9110).
      const lowerCase = { authorization: headers.authorization.replace("Bearer", "bearer") }
      const before = [
        yield* askStatus(sandbox, "Done", headers),
        yield* askStatus(sandbox, "Done", lowerCase),
        yield* askStatus(sandbox, "Done", newer),
        yield* askStatus(yield* Sandbox.make(), "Done", headers)
      ]

      yield* sandbox.revokeTokens

      const after = [
        yield* askStatus(sandbox, "Done", headers),
        yield* askStatus(sandbox, "Done", yield* authorize(sandbox))
      ]
      assert.notStrictEqual(newer.authorization, headers.authorization)
      const statuses = [...before, ...after].map(({ status }) => status)
      assert.deepStrictEqual(statuses, [200, 200, 200, 401, 401, 200])
    })
  )
})
