import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Client from "../src/Client.ts"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { authorize, get, send, statusPath } from "./support/tenant.ts"

const done = Source.named("Done")

describe("authorization", () => {
  const missing = "The authorization header is missing, or has no bearer token"
  const invalid = "JWT validation failed: JWT is not valid"
  const unauthorized = [
    { what: "no header", error: missing },
    { what: "an empty header", authorization: "", error: missing },
    { what: "another scheme", authorization: "Basic c2FuZGJveDpzYW5kYm94", error: missing },
    { what: "a scheme without a token", authorization: "Bearer ", error: missing },
    { what: "two tokens", authorization: "Bearer one two", error: missing },
    { what: "a token that was never issued", authorization: "Bearer never.issued", error: invalid }
  ]

  it.effect.each(unauthorized)("with $what is refused with 401 and the documented body", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = row.authorization === undefined ? {} : { authorization: row.authorization }

      const answered = yield* send(`${sandbox.url}${statusPath(done.sourceId)}`, { headers })

      assert.strictEqual(answered.status, 401)
      assert.deepStrictEqual(answered.json(), { error: row.error })
    })
  )

  it.effect("takes the scheme in any case, as RFC 9110 has it", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { authorization } = yield* authorize(sandbox)

      const answered = yield* send(`${sandbox.url}${statusPath(done.sourceId)}`, {
        headers: { authorization: authorization.replace("Bearer", "bearer") }
      })

      assert.strictEqual(answered.status, 200)
    })
  )

  const list = "/v2024/non-employee-sources"
  const of = (name: string, rest = "") => `${list}/${Source.named(name).sourceId}${rest}`
  const roles: ReadonlyArray<readonly [clientId: string, path: string, status: number]> = [
    ["sandbox-manager", list, 403],
    ["sandbox-manager", `${list}?requested-for=${Client.ADMIN_IDENTITY}`, 403],
    ["sandbox-manager", `${list}?requested-for=${Client.MANAGER_IDENTITY}`, 200],
    ["sandbox-manager", `${list}?requested-for=me`, 200],
    ["sandbox-manager", of("Retail"), 200],
    ["sandbox-manager", of("Done"), 403],
    ["sandbox-manager", of("Retail", "/schema-attributes"), 200],
    ["sandbox-manager", of("Done", "/schema-attributes"), 403],
    ["sandbox-manager", of("Retail", "/schema-attributes-template/download"), 403],
    ["sandbox-manager", of("Retail", "/non-employee-bulk-upload/status"), 403],
    ["sandbox-reader", of("Retail", "/non-employee-bulk-upload/status"), 200],
    ["sandbox-no-scope", "/non-employee-sources/v1", 403]
  ]

  it.effect.each(roles)("follows scope and role: %s asks for %s and gets %d", ([clientId, path, status]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* get(yield* Sandbox.make(), path, clientId)).status, status)
    })
  )
})
