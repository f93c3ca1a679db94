import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { authorize, send, statusPath } from "./support/tenant.ts"

const done = Source.named("Done")
const suffix = "non-employee-bulk-upload/status"

describe("the status of a source", () => {
  const addresses = [
    ...["beta", "v3", "v2024", "v2025", "v2026"].map((version) => ({
      version,
      prefix: `/${version}/non-employee-sources`
    })),
    { version: "v1", prefix: "/non-employee-sources/v1" }
  ].flatMap(({ prefix, version }) => [
    { version, form: "32 hexadecimal digits", path: `${prefix}/${done.sourceId}/${suffix}` },
    { version, form: "a UUID", path: `${prefix}/${done.id}/${suffix}` }
  ])

  it.effect.each(addresses)("is answered by $version for an id of $form", ({ path }) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const answered = yield* send(`${sandbox.url}${path}`, { headers })

      assert.strictEqual(answered.status, 200)
      assert.match(answered.headers.get("content-type") ?? "", /^application\/json/u)
      assert.deepStrictEqual(answered.json(), { status: "COMPLETED" })
    })
  )

  const unknown = { status: 404, detailCode: "404 Not found" }
  const malformed = { status: 400, detailCode: "400.1 Bad Request Content" }
  const unanswered = [
    { what: "unknown digits", id: "f".repeat(32), ...unknown },
    { what: "an unknown UUID", id: "ffffffff-ffff-4fff-8fff-ffffffffffff", ...unknown },
    { what: "a digit too few", id: done.sourceId.slice(1), ...malformed },
    { what: "a digit too many", id: `${done.sourceId}0`, ...malformed },
    { what: "a letter that is no digit", id: `g${done.sourceId.slice(1)}`, ...malformed },
    { what: "a name", id: "Contractors", ...malformed },
    { what: "dashes at the wrong places", id: "5a4d-00000000-4000-8000-000000000005", ...malformed },
    { what: "an encoded slash", id: "a%2Fb", ...malformed }
  ]

  it.effect.each(unanswered)("is $status for $what in place of an id", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const answered = yield* send(`${sandbox.url}${statusPath(row.id)}`, { headers })

      assert.strictEqual(answered.status, row.status)
      const body = answered.json() as ReturnType<typeof Source.errorBody>
      assert.strictEqual(body.detailCode, row.detailCode)
      assert.match(body.trackingId, /^[0-9a-f]{32}$/u)
      assert.hasAllKeys(body.messages[0], ["locale", "localeOrigin", "text"])
    })
  )
})
