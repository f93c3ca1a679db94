import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const signals = ["SIGTERM", "SIGINT"] as const

const done = Source.named("Done").sourceId

/** A server in the middle of a call, which takes so long. */
const calling = (
  sandbox: Sandbox.Service,
  takes: "1 second" | "8 seconds",
  message = JsonRpc.callStatus(1, done)
) =>
  Effect.gen(function* () {
    yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: takes } })
    const server = yield* HttpProcess.start(sandbox)
    const call = yield* HttpProcess.post(server.url, { body: JSON.stringify(message) }).pipe(
      Effect.exit,
      Effect.forkScoped
    )
    yield* sandbox.until(ServerProcess.asked)
    return { server, call }
  })

/** Why it takes no connection, as soon as it takes none. */
const refusal = ({ url }: HttpProcess.HttpProcess) =>
  HttpProcess.get(url, "/healthz").pipe(Effect.sandbox, Effect.flip, Effect.eventually)

describe("a server over HTTP ends", { timeout: 60_000 }, () => {
  it.live.each(signals)("on %s with exit code 0, and nothing on standard output", (signal) =>
    Effect.gen(function* () {
      const server = yield* HttpProcess.start(yield* Sandbox.make())
      yield* HttpProcess.post(server.url)
      yield* server.kill(signal)
      const { code, stderr, stdout } = yield* server.ended
      assert.deepStrictEqual([code, stdout, stderr], [0, "", `Serving MCP at ${server.url}/mcp.\n`])
    })
  )

  it.live.each(signals)("on %s only after the answers of the running calls", (signal) =>
    Effect.gen(function* () {
      const { call, server } = yield* calling(yield* Sandbox.make(), "1 second")
      yield* server.kill(signal)
      const answer = yield* Effect.flatten(Fiber.join(call))
      assert.include(answer.body, `"status":"COMPLETED"`)
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live("on SIGTERM also when a wait takes longer than a signal waits", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ jobTiming: { pending: "1 hour", inProgress: "1 hour" } })
      const server = yield* HttpProcess.start(sandbox)
      yield* sandbox.upload(done, "accountName\n")
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" }, times: 9 })
      const body = JSON.stringify(
        JsonRpc.callTool(1, "wait_for_bulk_upload", { sourceId: done, timeoutSeconds: 270 })
      )
      const wait = yield* Effect.forkScoped(Effect.exit(HttpProcess.post(server.url, { body })))
      yield* sandbox.until(ServerProcess.asked)
      yield* server.kill("SIGTERM")
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 0)
      assert.match(stderr, /^Serving MCP at \S+\n[^\n]*outcome=cancelled[^\n]*\n$/u)
      assert.strictEqual(yield* Effect.map(Fiber.join(wait), Exit.isFailure), true)
    })
  )

  it.live("taking no more connections as soon as the signal came", () =>
    Effect.gen(function* () {
      const { call, server } = yield* calling(yield* Sandbox.make(), "8 seconds")
      yield* server.kill("SIGTERM")
      assert.include(String(yield* refusal(server)), "ECONNREFUSED")
      assert.isUndefined(call.pollUnsafe(), "the call is still running")
      assert.include((yield* Effect.flatten(Fiber.join(call))).body, `"status":"COMPLETED"`)
    })
  )

  it.live("taking no more requests on the connections that there are, and saying so", () =>
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
      yield* refusal(server)
      socket.write(HttpProcess.bytes(server.url, JSON.stringify(JsonRpc.callStatus(2, done))))
      const [, first = "", second = ""] = (yield* Effect.promise(() => received)).split("HTTP/1.1 ")
      assert.include(first, `"status":"COMPLETED"`)
      assert.match(second, /^503 /u)
      assert.include(second, "The server is going away.")
      assert.strictEqual((yield* server.ended).code, 0)
    })
  )

  it.live.each([
    ["SIGTERM", "SIGINT"],
    ["SIGINT", "SIGTERM"],
    ["SIGTERM", "SIGTERM"]
  ] as const)("at once, after %s, on %s", ([first, second]) =>
    Effect.gen(function* () {
      const { server } = yield* calling(yield* Sandbox.make(), "8 seconds")
      yield* server.kill(first)
      yield* refusal(server)
      yield* server.kill(second)
      assert.strictEqual((yield* server.ended).signal, second)
    })
  )
})
