import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { authorize, send, statusPath } from "./support/tenant.ts"

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

  const reads = [
    { what: "the status", path: statusPath(done.sourceId) },
    { what: "the list of sources", path: "/v2024/non-employee-sources" },
    { what: "the list of sources by v1", path: "/non-employee-sources/v1" },
    { what: "a source", path: `/v2024/non-employee-sources/${done.sourceId}` },
    { what: "its columns", path: `/v2024/non-employee-sources/${done.sourceId}/schema-attributes` },
    { what: "the records", path: "/v2024/non-employee-records" }
  ]

  it.effect.each(reads)("without the reading scope is refused $what with 403", ({ path }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox, "sandbox-no-scope")

      const answered = yield* send(`${sandbox.url}${path}`, { headers })

      assert.strictEqual(answered.status, 403)
      const body = answered.json() as ReturnType<typeof Source.errorBody>
      assert.strictEqual(body.detailCode, "403 Forbidden")
      assert.include(body.messages[0]?.text, "idn:nelm:read")
    })
  )
})
