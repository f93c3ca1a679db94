import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as AuditLine from "../support/AuditLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed, spanNamed } from "../support/observed.ts"
import * as Otlp from "../support/Otlp.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"
import type { ServerProcess } from "../support/ServerProcess.ts"

const calls = [JsonRpc.callStatus(1, Source.named("Done").sourceId)]

type Env = Readonly<Record<string, string>>
type End = (server: ServerProcess) => Effect.Effect<void>

const ends: ReadonlyArray<readonly [string, End]> = [
  ["standard input closes", ({ closeInput }) => closeInput],
  ["SIGTERM arrives", ({ kill }) => kill("SIGTERM")],
  ["SIGINT arrives", ({ kill }) => kill("SIGINT")]
]

const ill: ReadonlyArray<readonly [OtlpReceiver.Manner, says: string]> = [
  ["refuse", "answered 400"],
  ["fail", "answered 503"],
  ["redirect", "answered 307"],
  ["stall", "did not answer"],
  ["hang", "did not answer"]
]

/** Exports so often that the server tries each of the three signals while it runs. */
const often = {
  OTEL_BSP_SCHEDULE_DELAY: "1",
  OTEL_BLRP_SCHEDULE_DELAY: "1",
  OTEL_METRIC_EXPORT_INTERVAL: "1"
}

/** The warnings, and all other lines about the export. */
const warnings = (stderr: string) =>
  AuditLine.all(stderr).filter(
    ({ level = "", message = "" }) => !["INFO", "DEBUG"].includes(level) || /collector|export/iu.test(message)
  )

const debug = ["--log-level", "debug"]

const down: ReadonlyArray<readonly [string, Effect.Effect<Env, never, Scope.Scope>]> = [
  [
    "never answers",
    // This timeout applies while the server runs. An ending server never waits that long.
    Effect.map(OtlpReceiver.start("hang"), ({ env }) => ({ ...env, OTEL_EXPORTER_OTLP_TIMEOUT: "600000" }))
  ],
  ["is down", Effect.succeed({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:canary-password@127.0.0.1:1" })]
]

/** Runs a server that exports often until the collector has the wanted posts. */
const exporting = (
  receiver: OtlpReceiver.OtlpReceiver,
  env: Env,
  wanted: Parameters<typeof receiver.until>[0]
) =>
  observed({
    receiver,
    calls,
    args: debug,
    env: { ...often, ...env },
    end: ({ closeInput }) => Effect.andThen(receiver.until(wanted), closeInput)
  })

describe("a collector", { timeout: 60_000 }, () => {
  it.live.each(ends)("a collector gets the buffered telemetry when %s", ([, end]) =>
    Effect.gen(function* () {
      const { code, posts, stderr } = yield* observed({ calls, end })
      assert.strictEqual(code, 0)
      assert.strictEqual(spanNamed(posts, "tools/call get_bulk_upload_status").status, 1)
      assert.lengthOf(Otlp.logsIn(posts), 1)
      const metrics = Otlp.pointsIn(posts).map(({ metric }) => metric)
      assert.include(metrics, "mcp.server.operation.duration")
      assert.deepStrictEqual(warnings(stderr), [])
    })
  )

  it.live.each(ill)("a collector in the mode %s causes one warning, without its key", ([manner, says]) =>
    Effect.gen(function* () {
      const receiver = yield* OtlpReceiver.start(manner)
      const key = { OTEL_EXPORTER_OTLP_HEADERS: "api-key=canary-collector-key" }
      const { answers, code, stderr } = yield* exporting(
        receiver,
        key,
        (posts) => new Set(posts.map(({ path }) => path)).size === 3
      )
      assert.strictEqual(answers[0]?.result?.structuredContent?.["status"], "COMPLETED")
      assert.strictEqual(code, 0)
      const [warning, ...others] = warnings(stderr)
      assert.deepStrictEqual(others, [])
      assert.include(warning?.["message"], says)
      const { host } = new URL(String(receiver.env["OTEL_EXPORTER_OTLP_ENDPOINT"]))
      assert.include(warning?.["message"], host)
      assert.notInclude(stderr, "canary")
    })
  )

  it.live.each(ends.flatMap(([how, end]) => down.map(([why, env]) => [why, how, env, end] as const)))(
    "a collector that %s causes one warning and no delay of the end when %s",
    ([, , env, end]) =>
      Effect.gen(function* () {
        const { answers, code, stderr } = yield* observed({ calls, end, args: debug, env: yield* env })
        assert.strictEqual(answers[0]?.result?.structuredContent?.["status"], "COMPLETED")
        assert.strictEqual(code, 0)
        const [warning, ...others] = warnings(stderr)
        assert.deepStrictEqual(others, [])
        assert.match(warning?.["message"] ?? "", /127\.0\.0\.1:\d+ did not answer/u)
        assert.notInclude(stderr, "canary")
      })
  )

  it.live("a collector that never answers gets the telemetry again after the configured timeout", () =>
    Effect.gen(function* () {
      const receiver = yield* OtlpReceiver.start("hang")
      const { stderr } = yield* exporting(
        receiver,
        { OTEL_EXPORTER_OTLP_TIMEOUT: "1" },
        (posts) => posts.filter(({ path }) => path === "/v1/logs").length > 1
      )
      // One call causes one line, so the second post repeats the first.
      const [first, second] = receiver.posts.filter(({ path }) => path === "/v1/logs")
      assert.deepStrictEqual(second?.body, first?.body)
      assert.lengthOf(warnings(stderr), 1)
    })
  )

  it.live("a collector that is down causes no warning at log level none", () =>
    Effect.gen(function* () {
      const args = ["--log-level", "none"]
      const { code, stderr } = yield* observed({ args, calls, env: yield* OtlpReceiver.absent })
      assert.deepStrictEqual([code, stderr], [0, ""])
    })
  )
})
