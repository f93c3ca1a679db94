import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { gunzipSync } from "node:zlib"
import packageJson from "../../package.json" with { type: "json" }
import * as AuditLine from "../support/AuditLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed, spanNamed } from "../support/observed.ts"
import * as Otlp from "../support/Otlp.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"

const CALL = "tools/call get_bulk_upload_status"
const calls = [JsonRpc.callStatus(1, Source.named("Done").sourceId)]

type Env = Readonly<Record<string, string>>

const identities: ReadonlyArray<readonly [string, Env, Otlp.Attributes]> = [
  [
    "this server by default",
    { OTEL_SERVICE_NAME: "", OTEL_RESOURCE_ATTRIBUTES: " " },
    { "service.name": "sailpoint-bulk-upload-mcp", "service.version": packageJson.version }
  ],
  [
    "the one in OTEL_RESOURCE_ATTRIBUTES",
    {
      OTEL_RESOURCE_ATTRIBUTES:
        "service.name=other, service.instance.id=a%20b,deployment.environment.name=test"
    },
    { "service.name": "other", "service.instance.id": "a b", "deployment.environment.name": "test" }
  ],
  [
    "OTEL_SERVICE_NAME even if OTEL_RESOURCE_ATTRIBUTES has another",
    { OTEL_SERVICE_NAME: "first", OTEL_RESOURCE_ATTRIBUTES: "service.name=second" },
    { "service.name": "first" }
  ]
]

/** The warning names the variable without its value, which can be a key. */
const unusable: ReadonlyArray<readonly [string, value: string]> = [
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "canary"],
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "api-key=canary%"],
  ["OTEL_EXPORTER_OTLP_COMPRESSION", "canary"],
  ["OTEL_BSP_SCHEDULE_DELAY", "canary"]
]

describe("telemetry", { timeout: 60_000 }, () => {
  it.live.each(identities)("the service of telemetry is %s", ([, env, expected]) =>
    Effect.gen(function* () {
      const { resource } = spanNamed((yield* observed({ calls, env })).posts, CALL)
      assert.deepInclude(resource, expected)
      assert.isNotEmpty(resource["service.instance.id"])
    })
  )

  it.live("telemetry of one signal can have a separate endpoint, and be the only one", () =>
    Effect.gen(function* () {
      const { env, ...receiver } = yield* OtlpReceiver.start()
      const endpoint = `${env["OTEL_EXPORTER_OTLP_ENDPOINT"]}/of/traces`
      const { posts } = yield* observed({
        calls,
        receiver: { ...receiver, env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint } }
      })
      const paths = posts.map(({ path }) => path)
      assert.deepStrictEqual(paths, ["/of/traces"])
    })
  )

  it.live("telemetry is sent with the configured headers and compression", () =>
    Effect.gen(function* () {
      const env = {
        OTEL_EXPORTER_OTLP_HEADERS: "api-key=canary%20key,x-scope=team",
        OTEL_EXPORTER_OTLP_COMPRESSION: "gzip"
      }
      const { posts } = yield* observed({ calls, env })
      assert.lengthOf(posts, 3)
      for (const { headers } of posts) {
        assert.deepStrictEqual([headers["api-key"], headers["x-scope"]], ["canary key", "team"])
      }
      const spans = posts.find(({ path }) => path === "/v1/traces")
      assert.strictEqual(spans?.headers["content-encoding"], "gzip")
      assert.include(gunzipSync(spans?.body ?? "").toString(), CALL)
    })
  )

  it.live("telemetry is protobuf by default, and signals can be left out", () =>
    Effect.gen(function* () {
      const { posts } = yield* observed({
        calls,
        env: { OTEL_EXPORTER_OTLP_PROTOCOL: "", OTEL_LOGS_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" }
      })
      assert.lengthOf(posts, 1)
      const spans = posts.find(({ path }) => path === "/v1/traces")
      assert.strictEqual(spans?.headers["content-type"], "application/x-protobuf")
      // Protobuf encodes a string as its bytes.
      assert.include(spans?.body.toString("latin1"), CALL)
    })
  )

  it.live("telemetry is off, without a warning, when no signal has an exporter", () =>
    Effect.gen(function* () {
      const none = ["TRACES", "METRICS", "LOGS"].map((signal) => [`OTEL_${signal}_EXPORTER`, "none"])
      const { answers, posts, stderr } = yield* observed({ calls, env: Object.fromEntries(none) })
      assert.strictEqual(answers[0]?.result?.structuredContent?.["status"], "COMPLETED")
      assert.deepStrictEqual(posts, [])
      assert.lengthOf(AuditLine.onlyThose(stderr), 1)
    })
  )

  it.live.each(unusable)("telemetry is off, with one warning, when %s cannot be used", ([name, value]) =>
    Effect.gen(function* () {
      const { answers, code, posts, stderr } = yield* observed({ calls, env: { [name]: value } })
      assert.strictEqual(answers[0]?.result?.structuredContent?.["status"], "COMPLETED")
      assert.strictEqual(code, 0)
      assert.deepStrictEqual([...Otlp.spansIn(posts), ...Otlp.logsIn(posts), ...Otlp.pointsIn(posts)], [])
      const [warning, ...others] = AuditLine.all(stderr).filter(({ level }) => level !== "INFO")
      assert.deepStrictEqual(others, [])
      assert.include(warning?.["message"], name)
      assert.notInclude(stderr, "canary")
    })
  )
})
