import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpProcess from "../../support/HttpProcess.ts"
import * as JsonRpc from "../../support/JsonRpc.ts"
import * as ServerProcess from "../../support/ServerProcess.ts"

const done = Source.named("Done").sourceId

const batchOf = (length: number, message: (id: number) => object) =>
  JSON.stringify(Array.from({ length }, (_, id) => message(id)))

describe("a server over HTTP", { timeout: 60_000 }, () => {
  it.live("requests above the server's limit are refused with Retry-After, and later ones are served", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { logged, url } = yield* HttpProcess.start(sandbox, { env: { MCP_MAX_RUNNING: "1" } })
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
      const body = JSON.stringify(JsonRpc.callStatus(1, done))
      const running = yield* Effect.forkScoped(HttpProcess.post(url, { body }))
      yield* sandbox.until(ServerProcess.asked)
      const refused = yield* HttpProcess.post(url)
      assert.deepStrictEqual([refused.status, refused.headers["retry-after"]], [503, "5"])
      assert.include(refused.body, "The server is at its limit of concurrent requests. Try again later.")
      yield* logged(/message="Request refused" reason=running status=503 address=/u)
      assert.strictEqual((yield* HttpProcess.get(url, "/healthz")).status, 200)
      // A client that hangs up frees its slot.
      yield* Fiber.interrupt(running)
      assert.strictEqual(yield* ServerProcess.firstOutcome(sandbox), "aborted")
      assert.strictEqual((yield* HttpProcess.post(url, { body })).status, 200)
      assert.strictEqual((yield* HttpProcess.post(url, { body })).status, 200)
    })
  )

  it.live("a batch within the limits is answered, and a batch that exceeds them is refused", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { logged, url } = yield* HttpProcess.start(sandbox, { env: { MCP_MAX_RUNNING: "4" } })
      const answer = yield* HttpProcess.post(url, { body: batchOf(1, JsonRpc.ping) })
      assert.strictEqual(answer.status, 200)
      assert.include(answer.body, `"id":0`)
      const { body, headers, status } = yield* HttpProcess.post(url, {
        body: batchOf(2, (id) => JsonRpc.callStatus(id, done))
      })
      assert.deepStrictEqual([status, headers["retry-after"]], [429, "5"])
      yield* logged(/reason=callerRunning status=429/u)
      assert.include(body, "A caller may have 1 concurrent requests; each message of a batch counts.")
      assert.isEmpty(yield* sandbox.received)
    })
  )

  it.live("the requests of a caller are limited with Retry-After, and refused tokens do not count", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpProcess.start(yield* Sandbox.make(), {
        env: { MCP_MAX_PER_CALLER: "1", MCP_BEARER_TOKEN: HttpProcess.TOKEN }
      })
      for (let i = 0; i < 5; i++) assert.strictEqual((yield* HttpProcess.post(url)).status, 401)
      const request = { headers: { authorization: `Bearer ${HttpProcess.TOKEN}` } }
      assert.strictEqual((yield* HttpProcess.post(url, request)).status, 200)
      const { body, headers, status } = yield* HttpProcess.post(url, request)
      assert.strictEqual(status, 429)
      assert.match(String(headers["retry-after"]), /^(?:[1-9]|10)$/u)
      assert.include(body, "A caller may send 1 requests in 10 seconds.")
      assert.strictEqual((yield* HttpProcess.get(url, "/healthz")).status, 200)
    })
  )
})
