import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { client, credentials, SECRET } from "../support/Canary.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as Otlp from "../support/Otlp.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

/** A success, a retry, failures of each kind, and a deprecation. */
const names = ["Done", "Unwell", "Private", "Login page", "Deprecated"]
const wait = (id: number, sourceId: string) => JsonRpc.callTool(id, "wait_for_bulk_upload", { sourceId })
const calls = [
  ...["canary-pasted", ...names.map((name) => Source.named(name).sourceId)].map((sourceId, index) =>
    JsonRpc.callStatus(index + 5, sourceId)
  ),
  JsonRpc.callTool(11, "list_non_employee_sources", { nameContains: "canary-name" }),
  wait(12, Source.named("Done").sourceId),
  wait(13, "canary-pasted")
]
const last = JsonRpc.callStatus(100, Source.named("Done").sourceId)

/** A whole session, at debug level unless the arguments set another one. */
const session = (env: Readonly<Record<string, string>>, ...more: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make({ clients: [client] })
    const receiver = yield* OtlpReceiver.start()
    const server = yield* ServerProcess.start(["--log-level", "debug", ...more], {
      SAIL_BASE_URL: sandbox.url,
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=canary-collector-key",
      ...receiver.env,
      ...env
    })
    yield* server.send(JsonRpc.discover(1))
    yield* server.answer(1)
    yield* server.send(JsonRpc.initialize(2), JsonRpc.initialized, JsonRpc.listTools(3))
    yield* server.write("not JSON\n \t\n")
    yield* server.send({ jsonrpc: "2.0", id: 4, method: "unknown/method" }, ...calls)
    for (const { id } of calls) yield* server.answer(id)
    yield* sandbox.revokeTokens
    yield* server.send(last)
    yield* server.answer(last.id)
    yield* server.closeInput
    return { ...(yield* server.ended), posts: receiver.posts, received: yield* sandbox.received }
  })

describe("the streams of the process", { timeout: 60_000 }, () => {
  it.live.each(credentials)(
    "standard output has only JSON-RPC lines, and no stream or telemetry has a secret, with %s",
    ([, env]) =>
      Effect.gen(function* () {
        const { code, posts, received, stderr, stdout } = yield* session(env)
        assert.strictEqual(code, 0)
        assert.isTrue(stdout.endsWith("\n"))
        const messages = ServerProcess.linesIn(stdout).map((line) => JSON.parse(line) as JsonRpc.Message)
        for (const message of messages) {
          assert.strictEqual(message.jsonrpc, "2.0")
          assert.isTrue(message.result !== undefined || message.error !== undefined)
        }
        const ids = messages.map(({ id }) => id)
        assert.sameMembers(ids, [1, 2, 3, 4, ...calls.map(({ id }) => id), last.id])
        const spans = Otlp.spansIn(posts).filter(({ name }) => name.startsWith("tools/call"))
        assert.lengthOf(spans, calls.length + 1)
        assert.isAtLeast(Otlp.logsIn(posts).length, spans.length)
        const exported = posts.map(({ body }) => body.toString()).join("")
        const tokens = received.flatMap(({ headers }) => headers["authorization"]?.split(" ").at(-1) ?? [])
        for (const secret of new Set([SECRET, ...Object.values(env).slice(-1), ...tokens])) {
          assert.notInclude(stdout + stderr + exported, secret)
        }
        assert.notInclude(stderr + exported, "canary")
      })
  )

  it.live("standard error has the log, with retries at debug level only", () =>
    Effect.gen(function* () {
      const env = { SAIL_CLIENT_ID: client.clientId, SAIL_CLIENT_SECRET: SECRET }
      const { stderr } = yield* session(env)
      assert.include(stderr, "Trying again")
      // A blank line is not reported.
      assert.lengthOf(stderr.match(/A line is not valid JSON\./gu) ?? [], 1)
      const atInfo = (yield* session(env, "--log-level", "info")).stderr
      assert.notInclude(atInfo, "Trying again")
      assert.include(atInfo, "deprecated")
      assert.strictEqual((yield* session(env, "--log-level", "none")).stderr, "")
    })
  )
})
