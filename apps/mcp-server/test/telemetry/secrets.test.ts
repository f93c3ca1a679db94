import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as AuditLine from "../support/AuditLine.ts"
import { client, credentials } from "../support/Canary.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed } from "../support/observed.ts"
import * as Otlp from "../support/Otlp.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"

/** A call for each outcome, and a retry. */
const calls = [
  ...["Done", "Unwell", "Private", "Login page", "Deprecated"].map((name, index) =>
    JsonRpc.callStatus(index + 1, Source.named(name).sourceId)
  ),
  JsonRpc.callTool(6, "list_non_employee_sources", { nameContains: "canary-name" }),
  JsonRpc.callTool(7, "wait_for_bulk_upload", { sourceId: Source.named("Done").sourceId, timeoutSeconds: 5 }),
  JsonRpc.callStatus(8, "canary-pasted"),
  JsonRpc.callTool(9, "wait_for_bulk_upload", { sourceId: "canary-pasted", timeoutSeconds: 5 })
]

const COLLECTOR_KEY = { OTEL_EXPORTER_OTLP_HEADERS: "api-key=canary-collector-key" }
const debug = ["--log-level", "debug"]

describe("secrets of telemetry", { timeout: 60_000 }, () => {
  it.live.each(credentials)("telemetry at log level debug has no secret, with %s", ([, env]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ clients: [client] })
      const { posts, received, stderr } = yield* observed({
        sandbox,
        calls,
        args: debug,
        env: { ...env, ...COLLECTOR_KEY }
      })
      const names = Otlp.spansIn(posts).filter(({ name }) => name.startsWith("tools/call"))
      assert.lengthOf(names, calls.length)
      assert.isAtLeast(Otlp.logsIn(posts).length, calls.length)
      const tokens = received.flatMap(({ headers }) => headers["authorization"]?.split(" ").at(-1) ?? [])
      for (const text of [stderr, ...posts.map(({ body }) => body.toString())]) {
        assert.notInclude(text, "canary")
        for (const token of tokens) assert.notInclude(text, token)
      }
    })
  )

  it.live("the log names a collector that refuses once, without its key", () =>
    Effect.gen(function* () {
      const receiver = yield* OtlpReceiver.start("refuse")
      const { posts, stderr } = yield* observed({ receiver, calls, args: debug, env: COLLECTOR_KEY })
      assert.isTrue(posts.some(({ headers }) => headers["api-key"] === "canary-collector-key"))
      const logged = AuditLine.all(stderr).filter(({ message = "" }) => /collector|export/iu.test(message))
      assert.lengthOf(logged, 1)
      assert.include(logged[0]?.["message"], "answered 400")
      assert.notInclude(stderr, "canary")
    })
  )

  it.live("the log names a collector that is down, without the password in its URL", () =>
    Effect.gen(function* () {
      const { posts, stderr } = yield* observed({
        calls,
        args: debug,
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:canary-password@127.0.0.1:1" }
      })
      assert.deepStrictEqual(posts, [])
      assert.include(stderr, "127.0.0.1:1 did not answer")
      assert.notInclude(stderr, "canary")
    })
  )
})
