import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as AuditLine from "../support/AuditLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed, spanNamed } from "../support/observed.ts"
import * as Otlp from "../support/Otlp.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"
import type { ServerProcess } from "../support/ServerProcess.ts"

const calls = [JsonRpc.callStatus(1, Source.named("Done").sourceId)]

type End = (server: ServerProcess) => Effect.Effect<void>

const ends: ReadonlyArray<readonly [string, End]> = [
  ["standard input closes", ({ closeInput }) => closeInput],
  ["SIGTERM comes", ({ kill }) => kill("SIGTERM")],
  ["SIGINT comes", ({ kill }) => kill("SIGINT")]
]

const ill: ReadonlyArray<readonly [OtlpReceiver.Manner, says: string]> = [
  ["refuse", "answered 400"],
  ["fail", "answered 503"],
  ["redirect", "answered 307"],
  ["stall", "gave no answer"],
  ["hang", "gave no answer"]
]

/** Exports so often that each of the three signals is tried while the server runs. */
const often = {
  OTEL_BSP_SCHEDULE_DELAY: "1",
  OTEL_BLRP_SCHEDULE_DELAY: "1",
  OTEL_METRIC_EXPORT_INTERVAL: "1"
}

const warnings = (stderr: string) => AuditLine.all(stderr).filter(({ level }) => level !== "INFO")

describe("a collector", { timeout: 60_000 }, () => {
  it.live.each(ends)("gets what is buffered when %s", ([, end]) =>
    Effect.gen(function* () {
      const { code, posts, stderr } = yield* observed({ calls, end })
      assert.strictEqual(code, 0)
      assert.strictEqual(spanNamed(posts, "tools/call get_bulk_upload_status").status, 1)
      assert.lengthOf(Otlp.logsIn(posts), 1)
      assert.include(
        Otlp.pointsIn(posts).map(({ metric }) => metric),
        "mcp.server.operation.duration"
      )
      assert.deepStrictEqual(warnings(stderr), [])
    })
  )

  it.live("gets what there is while the server runs, too", () =>
    Effect.gen(function* () {
      const receiver = yield* OtlpReceiver.start()
      const { code } = yield* observed({
        receiver,
        calls,
        env: often,
        end: (server) =>
          receiver
            .until((posts) => Otlp.spansIn(posts).some(({ name }) => name.startsWith("tools/call")))
            .pipe(Effect.andThen(server.closeInput))
      })
      assert.strictEqual(code, 0)
    })
  )

  it.live.each(ill)("that does not accept it (%s) is one warning, and no failure", ([manner, says]) =>
    Effect.gen(function* () {
      const receiver = yield* OtlpReceiver.start(manner)
      const { answers, code, stderr } = yield* observed({
        receiver,
        calls,
        env: often,
        end: (server) =>
          receiver
            .until((posts) => new Set(posts.map(({ path }) => path)).size === 3)
            .pipe(Effect.andThen(server.closeInput))
      })
      assert.strictEqual(answers[0]?.result?.structuredContent?.["status"], "COMPLETED")
      assert.strictEqual(code, 0)
      const [warning, ...others] = warnings(stderr)
      assert.deepStrictEqual(others, [])
      assert.include(warning?.["message"], says)
      assert.include(warning?.["message"], new URL(String(receiver.env["OTEL_EXPORTER_OTLP_ENDPOINT"])).host)
    })
  )

  it.live.each(ends)("that never answers does not hold up the end when %s", ([, end]) =>
    Effect.gen(function* () {
      const receiver = yield* OtlpReceiver.start("hang")
      // This timeout is for requests while the server runs: its end never waits that long.
      const { code, stderr } = yield* observed({
        receiver,
        calls,
        end,
        env: { OTEL_EXPORTER_OTLP_TIMEOUT: "600000" }
      })
      assert.strictEqual(code, 0)
      assert.lengthOf(warnings(stderr), 1)
    })
  )

  it.live("that never answers is given up in the time of the settings, and tried again", () =>
    Effect.gen(function* () {
      const receiver = yield* OtlpReceiver.start("hang")
      const { stderr } = yield* observed({
        receiver,
        calls,
        env: { ...often, OTEL_EXPORTER_OTLP_TIMEOUT: "1" },
        end: (server) =>
          receiver
            .until((posts) => posts.filter(({ path }) => path === "/v1/logs").length > 1)
            .pipe(Effect.andThen(server.closeInput))
      })
      // One call, one line: the second post is the first again.
      const [first, second] = receiver.posts.filter(({ path }) => path === "/v1/logs")
      assert.deepStrictEqual(second?.body, first?.body)
      assert.lengthOf(warnings(stderr), 1)
    })
  )

  it.live.each(ends)("that is not there is one warning at the end when %s", ([, end]) =>
    Effect.gen(function* () {
      const { answers, code, stderr } = yield* observed({ calls, end, env: yield* OtlpReceiver.absent })
      assert.strictEqual(answers[0]?.result?.structuredContent?.["status"], "COMPLETED")
      assert.strictEqual(code, 0)
      assert.lengthOf(warnings(stderr), 1)
    })
  )

  it.live("that is not there is silent where the log level is none", () =>
    Effect.gen(function* () {
      const args = ["--log-level", "none"]
      const { code, stderr } = yield* observed({ args, calls, env: yield* OtlpReceiver.absent })
      assert.deepStrictEqual([code, stderr], [0, ""])
    })
  )
})
