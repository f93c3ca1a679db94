import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { connect } from "node:net"
import { constants } from "node:os"
import { text } from "node:stream/consumers"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { preloaded } from "../support/preloaded.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const signals = ["SIGTERM", "SIGINT"] as const

const done = Source.named("Done").sourceId
const running = Source.named("Running").sourceId

const waitFor = (sourceId: string) =>
  JsonRpc.callTool(1, "wait_for_bulk_upload", { sourceId, timeoutSeconds: 270 })

const NOT_READY = `{"ready":false,"problem":"The server is shutting down.","nextStep":"Send requests to another replica."}`
const STILL_RUNNING = "Still running: call wait_for_bulk_upload again"

/** Replaces the waits of the ending server, except a grace period of zero. */
const waits = (replacement: string) =>
  preloaded(
    `import timers from "node:timers/promises"; import { syncBuiltinESMExports } from "node:module"; const { setTimeout } = timers; timers.setTimeout = ${replacement}; syncBuiltinESMExports()`
  )

/** Makes the waits endless, so that the server does not end by them. */
const ENDLESS = waits("(millis) => millis === 0 ? setTimeout(0) : new Promise(() => undefined)")

/** Prints the waits, and skips the one of ten seconds. */
const PRINTED = waits("(millis) => (console.error(millis), setTimeout(millis === 10_000 ? 0 : millis))")

/** Starts a server that has answered a request, and a call of this duration. */
const calling = (sandbox: Sandbox.Service, takes: "1 second" | "8 seconds" | "30 seconds", env = ENDLESS) =>
  Effect.gen(function* () {
    yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: takes } })
    const server = yield* HttpProcess.start(sandbox, { env })
    yield* HttpProcess.get(server.url, "/healthz")
    const body = JSON.stringify(JsonRpc.callStatus(1, done))
    const call = yield* HttpProcess.post(server.url, { body }).pipe(Effect.exit, Effect.forkScoped)
    yield* sandbox.until(ServerProcess.asked)
    return { server, call }
  })

/** Waits until the server refuses connections, and returns the reason. */
const refusal = ({ url }: HttpProcess.HttpProcess) =>
  HttpProcess.get(url, "/healthz").pipe(Effect.sandbox, Effect.flip, Effect.eventually)

describe("a server over HTTP ends", { timeout: 60_000 }, () => {
  it.live.each(signals)("the server ends on %s with exit code 0, and nothing on standard output", (signal) =>
    Effect.gen(function* () {
      const server = yield* HttpProcess.start(yield* Sandbox.make(), { env: ENDLESS })
      yield* HttpProcess.post(server.url)
      yield* server.kill(signal)
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stdout, stderr], [0, "", `Serving MCP at ${server.url}/mcp.\n`])
    })
  )

  it.live("SIGHUP ends a server that reads no secret from a file", () =>
    Effect.gen(function* () {
      const server = yield* HttpProcess.start(yield* Sandbox.make())
      yield* server.kill("SIGHUP")
      assert.strictEqual((yield* server.ended).signal, "SIGHUP")
    })
  )

  it.live.each(signals)("the server ends on %s after the answers to the running calls", (signal) =>
    Effect.gen(function* () {
      const { call, server } = yield* calling(yield* Sandbox.make(), "1 second")
      yield* server.kill(signal)
      const answer = yield* Effect.flatten(Fiber.join(call))
      assert.include(answer.body, `"status":"COMPLETED"`)
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live("a call that exceeds the shutdown time gets an answer after SIGINT", () =>
    Effect.gen(function* () {
      const { call, server } = yield* calling(yield* Sandbox.make(), "30 seconds", PRINTED)
      yield* server.kill("SIGINT")
      assert.include((yield* Effect.flatten(Fiber.join(call))).body, `"error":"Cancelled"`)
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.match(
        stderr.split("\n").toSorted().join("\n"),
        /^\n1000\n10000\nServing MCP at \S+\n[^\n]*outcome=cancelled[^\n]*$/u
      )
    })
  )

  it.live("the server ends on SIGTERM after the grace period, in which it serves but is not ready", () =>
    Effect.gen(function* () {
      const server = yield* HttpProcess.start(yield* Sandbox.make(), { env: { MCP_SHUTDOWN_GRACE: "600" } })
      const wait = waitFor(running)
      const waiting = yield* Effect.forkScoped(HttpProcess.post(server.url, { body: JSON.stringify(wait) }))
      yield* Effect.repeat(HttpProcess.get(server.url, "/readyz"), { until: ({ status }) => status === 200 })
      yield* server.kill("SIGTERM")
      const ended = yield* Fiber.join(waiting)
      assert.include(ended.body, STILL_RUNNING)
      assert.notInclude(ended.body, "notifications/progress", "the call has no progress token")
      const { body, status } = yield* HttpProcess.get(server.url, "/readyz")
      assert.deepStrictEqual([status, body], [503, NOT_READY])
      assert.strictEqual((yield* HttpProcess.get(server.url, "/healthz")).status, 200)
      for (const [message, says] of [
        [wait, STILL_RUNNING],
        [waitFor(done), `"status":"COMPLETED","settled":true`],
        [JsonRpc.callStatus(1, done), `"status":"COMPLETED"`]
      ] as const) {
        const answer = yield* HttpProcess.post(server.url, { body: JSON.stringify(message) })
        assert.include(answer.body, says)
        assert.strictEqual(answer.headers["connection"], "close")
      }
      yield* server.kill("SIGTERM")
      assert.strictEqual((yield* server.ended).code, 128 + constants.signals.SIGTERM)
    })
  )

  it.live.each([
    ["SIGTERM", "1"],
    ["SIGTERM", "0"],
    ["SIGINT", "600"]
  ] as const)(
    "the server ends on %s with a grace of %s s after it answers a running wait with the last status",
    ([signal, grace]) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const server = yield* HttpProcess.start(sandbox, { env: { MCP_SHUTDOWN_GRACE: grace } })
        const waiting = yield* Effect.forkScoped(
          HttpProcess.post(server.url, { body: JSON.stringify(waitFor(running)) })
        )
        yield* sandbox.until(ServerProcess.asked)
        yield* server.kill(signal)
        assert.include((yield* Fiber.join(waiting)).body, STILL_RUNNING)
        assert.strictEqual((yield* server.ended).code, 0)
      })
  )

  it.live("an ending server accepts no connection, and refuses requests on open connections", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
      const server = yield* HttpProcess.start(sandbox)
      const socket = yield* Effect.acquireRelease(
        Effect.sync(() => connect(Number(new URL(server.url).port), "127.0.0.1")),
        (socket) => Effect.sync(() => socket.destroy())
      )
      const received = text(socket)
      socket.write(HttpProcess.bytes(server.url, JSON.stringify(JsonRpc.callStatus(1, done))))
      yield* sandbox.until(ServerProcess.asked)
      yield* server.kill("SIGTERM")
      assert.match(String(yield* refusal(server)), /ECONN(?:REFUSED|RESET)|socket hang up/u)
      socket.write(HttpProcess.bytes(server.url, JSON.stringify(JsonRpc.callStatus(2, done))))
      const [, first = "", second = ""] = (yield* Effect.promise(() => received)).split("HTTP/1.1 ")
      assert.include(first, `"status":"COMPLETED"`)
      assert.match(second, /^503 [^]*connection: close\r\n[^]*The server is shutting down\./u)
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.include(stderr, "reason=stopping status=503")
    })
  )

  it.live.each([
    ["SIGTERM", "SIGINT"],
    ["SIGINT", "SIGTERM"],
    ["SIGTERM", "SIGTERM"]
  ] as const)("after %s, the server ends at once on %s", ([first, second]) =>
    Effect.gen(function* () {
      const { server } = yield* calling(yield* Sandbox.make(), "8 seconds")
      yield* server.kill(first)
      yield* refusal(server)
      yield* server.kill(second)
      assert.strictEqual((yield* server.ended).code, 128 + constants.signals[second])
    })
  )
})
