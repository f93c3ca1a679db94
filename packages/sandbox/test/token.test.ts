import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Client from "../src/Client.ts"
import * as Sandbox from "../src/Sandbox.ts"
import { type Answered, askStatus, askToken, authorize, credentials, send } from "./support/tenant.ts"

/** RFC 6749, section 5.2. */
const assertRefused = (answered: Answered, error: string) => {
  assert.strictEqual(answered.status, error === "invalid_client" ? 401 : 400)
  const body = answered.json() as Record<string, unknown>
  assert.hasAllKeys(body, ["error", "error_description"])
  assert.strictEqual(body["error"], error)
}

const multipart = (fields: Record<string, string>) => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return form
}

describe("the token endpoint", () => {
  it.effect("grants a token with the client's scopes and lifetime", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* askToken(sandbox)

      assert.strictEqual(answered.status, 200)
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

  it.effect("issues another token each time, and the earlier one stays good", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const first = yield* authorize(sandbox)

      const second = yield* authorize(sandbox)

      assert.notStrictEqual(second.authorization, first.authorization)
      assert.strictEqual((yield* askStatus(sandbox, "Done", first)).status, 200)
      assert.strictEqual((yield* askStatus(sandbox, "Done", second)).status, 200)
    })
  )

  const good = credentials()
  const { client_secret: secret, ...noSecret } = good
  const { grant_type: _, ...noGrant } = good

  const refusals = [
    { mistake: "a wrong secret", form: { ...good, client_secret: "wrong" }, error: "invalid_client" },
    { mistake: "another's secret", form: { ...good, client_id: "sandbox-reader" }, error: "invalid_client" },
    { mistake: "an unknown client", form: { ...good, client_id: "nobody" }, error: "invalid_client" },
    { mistake: "no secret", form: noSecret, error: "invalid_client" },
    { mistake: "a wrong grant", form: { ...good, grant_type: "password" }, error: "unsupported_grant_type" },
    { mistake: "no grant type", form: noGrant, error: "invalid_request" },
    { mistake: "an empty form", form: {}, error: "invalid_request" }
  ]

  it.effect.each(refusals)("refuses $mistake as $error", ({ error, form }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* askToken(sandbox, form)

      assertRefused(answered, error)
      assert.notInclude(answered.text, String(secret))
    })
  )

  const encoded = new URLSearchParams(good).toString()
  const declared = [
    { mistake: "JSON", contentType: "application/json", body: JSON.stringify(good) },
    { mistake: "a form that is declared as text", contentType: "text/plain", body: encoded }
  ]

  it.effect.each(declared)("does not take $mistake", ({ body, contentType }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* send(`${sandbox.url}/oauth/token`, {
        method: "POST",
        headers: { "content-type": contentType },
        body
      })

      assertRefused(answered, "invalid_request")
    })
  )

  const ways: ReadonlyArray<{ readonly way: string; readonly query?: string; readonly body?: BodyInit }> = [
    { way: "a multipart form", body: multipart(good) },
    { way: "the query", query: `?${encoded}` },
    { way: "the query beside an empty form", query: `?${encoded}`, body: new URLSearchParams() },
    { way: "a form and the query", query: `?client_secret=${secret}`, body: multipart(noSecret) },
    { way: "a form, whatever the query says", query: "?client_secret=wrong", body: multipart(good) }
  ]

  it.effect.each(ways)("accepts the fields in $way", ({ body = null, query = "" }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* send(`${sandbox.url}/oauth/token${query}`, { method: "POST", body })

      assert.strictEqual(answered.status, 200)
    })
  )
})

describe("a token", () => {
  const lifetimes = [
    { clientId: "sandbox", seconds: 749 },
    { clientId: "sandbox-short", seconds: 15 }
  ]

  it.effect.each(lifetimes)("of $clientId lives for $seconds s and not a millisecond more", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const token = yield* authorize(sandbox, row.clientId)

      yield* TestClock.adjust(row.seconds * 1000 - 1)
      const before = yield* askStatus(sandbox, "Done", token)
      yield* TestClock.adjust(1)
      const after = yield* askStatus(sandbox, "Done", token)

      assert.strictEqual(before.status, 200)
      assert.strictEqual(after.status, 401)
      assert.deepStrictEqual(after.json(), { error: "JWT validation failed: JWT is expired" })
    })
  )

  it.effect("that was revoked is refused, and one issued afterwards is good", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const revoked = yield* authorize(sandbox)

      yield* sandbox.revokeTokens
      const refused = yield* askStatus(sandbox, "Done", revoked)
      const accepted = yield* askStatus(sandbox, "Done", yield* authorize(sandbox))

      assert.strictEqual(refused.status, 401)
      assert.deepStrictEqual(refused.json(), { error: "JWT validation failed: JWT is not valid" })
      assert.strictEqual(accepted.status, 200)
    })
  )

  it("is forgotten after 10,000 newer ones, so that a sandbox does not grow over days", () => {
    const tokens = new Client.Tokens()
    const issued = Array.from({ length: 10_001 }, () => `Bearer ${tokens.issue(Client.admin, 0).token}`)

    assert.strictEqual(tokens.verify(issued[0], 0), "JWT validation failed: JWT is not valid")
    assert.strictEqual(tokens.verify(issued[1], 0), Client.admin)
  })

  it.effect("of one sandbox is worth nothing in another", () =>
    Effect.gen(function* () {
      const one = yield* Sandbox.make()
      const other = yield* Sandbox.make()

      const answered = yield* askStatus(other, "Done", yield* authorize(one))

      assert.strictEqual(answered.status, 401)
    })
  )
})
