import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { authorize, send, statusPath, uploadPath } from "./support/tenant.ts"

const done = Source.named("Done")

describe("the endpoints", () => {
  const wrongMethods = [
    { method: "POST", path: statusPath(done.sourceId), allow: "GET" },
    { method: "DELETE", path: statusPath(done.sourceId), allow: "GET" },
    { method: "GET", path: uploadPath(done.sourceId), allow: "POST" },
    { method: "POST", path: "/v2024/non-employee-sources", allow: "GET" },
    { method: "GET", path: "/oauth/token", allow: "POST" }
  ]

  it.effect.each(wrongMethods)("answer $method $path with 405 and allow $allow", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const answered = yield* send(`${sandbox.url}${row.path}`, { method: row.method })

      assert.strictEqual(answered.status, 405)
      assert.strictEqual(answered.headers.get("allow"), row.allow)
    })
  )

  const unknownPaths = [
    "/",
    "/v2024",
    "/v2023/non-employee-sources",
    "/v1/non-employee-sources",
    "/non-employee-sources/v2024",
    "/v2024/non-employee-sources/",
    `${statusPath(done.sourceId)}/`,
    `/prefix${statusPath(done.sourceId)}`,
    statusPath(""),
    "/oauth/token/"
  ]

  it.effect.each(unknownPaths)("answer 404 on %s, even with a good token", (path) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const answered = yield* send(`${sandbox.url}${path}`, { headers })

      assert.strictEqual(answered.status, 404)
      assert.include(answered.text, "There is no such endpoint.")
    })
  )
})
