import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as AuditLine from "../support/AuditLine.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed } from "../support/observed.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"

const calls = [JsonRpc.callStatus(1, Source.named("Done").sourceId)]

const COLLECTOR_KEY = { OTEL_EXPORTER_OTLP_HEADERS: "api-key=canary-collector-key" }
const debug = ["--log-level", "debug"]

describe("secrets of telemetry", { timeout: 60_000 }, () => {
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
