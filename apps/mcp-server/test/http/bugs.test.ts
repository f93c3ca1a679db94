import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as HttpProcess from "../support/HttpProcess.ts"
import { preloaded } from "../support/preloaded.ts"

/** Prints the server's limits in milliseconds. Lets health probes fail, and other answers after their head. */
const BROKEN = preloaded(`
  import { subscribe } from "node:diagnostics_channel"
  import { ServerResponse } from "node:http"
  subscribe("http.server.request.start", ({ server }) =>
    console.error("limits", server.headersTimeout, server.requestTimeout, server.keepAliveTimeout)
  )
  Response.json = () => { throw new Error("a bug before the head") }
  ServerResponse.prototype.flushHeaders = () => { throw new Error("a bug after the head") }
`)

describe("a bug in the server over HTTP", { timeout: 60_000 }, () => {
  it.live("a bug is logged, and answered with 500 or the end of the connection", () =>
    Effect.gen(function* () {
      const server = yield* HttpProcess.start(yield* Sandbox.make(), { env: BROKEN })
      const { body, status } = yield* HttpProcess.get(server.url, "/healthz")
      assert.strictEqual(status, 500)
      assert.include(body, "Something unexpected went wrong in this server.")
      yield* Effect.flip(Effect.sandbox(HttpProcess.post(server.url)))
      yield* server.kill("SIGTERM")
      const { stderr } = yield* server.ended
      assert.include(stderr, "limits 10000 30000 65000\n")
      assert.match(stderr, /level=ERROR .*"A request failed unexpectedly".*a bug before the head/u)
      assert.match(stderr, /level=ERROR .*"A request failed unexpectedly".*a bug after the head/u)
      assert.match(stderr, /reason=defect status=500/u)
    })
  )
})
