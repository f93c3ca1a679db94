import { assert, describe, it } from "@effect/vitest"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed, spanNamed } from "../support/observed.ts"
import * as Otlp from "../support/Otlp.ts"

const done = Source.named("Done").sourceId
const forbidden = Source.named("Private").sourceId
/** Answers 429 once, with Retry-After. */
const busy = Source.named("Busy").sourceId

const calls = [
  JsonRpc.callStatus(1, done),
  JsonRpc.callStatus(2, done),
  JsonRpc.callStatus(3, forbidden),
  JsonRpc.callStatus(4, busy),
  JsonRpc.callTool(5, "list_non_employee_sources", {})
]

const seriesOf = (points: ReadonlyArray<Otlp.Point>, metric: string, ...keys: ReadonlyArray<string>) =>
  points
    .filter((point) => point.metric === metric)
    .map(({ attributes, count }) => [...keys.map((key) => attributes[key]), count])

describe("the metrics", { timeout: 60_000 }, () => {
  it.live("metrics contain tool calls by tool and outcome in seconds, requests, retries and tokens", () =>
    Effect.gen(function* () {
      const points = Otlp.pointsIn((yield* observed({ calls })).posts)
      const call = points.find(({ metric }) => metric === "mcp.server.operation.duration")
      assert.strictEqual(call?.unit, "s")
      assert.sameDeepMembers(
        seriesOf(points, "mcp.server.operation.duration", "gen_ai.tool.name", "outcome", "error.type"),
        [
          ["get_bulk_upload_status", "ok", undefined, 3],
          ["get_bulk_upload_status", "Forbidden", "tool_error", 1],
          ["list_non_employee_sources", "ok", undefined, 1]
        ]
      )
      const keys = ["http.request.method", "http.response.status_code"]
      const requests = seriesOf(points, "http.client.request.duration", ...keys).map(
        ([method, status]) => `${method} ${status}`
      )
      assert.sameMembers(requests, ["GET 200", "GET 200", "GET 403", "GET 429", "POST 200"])
      assert.deepStrictEqual(seriesOf(points, "sailpoint.bulk_upload.retries", "reason"), [
        ["RateLimited", 1]
      ])
      assert.deepStrictEqual(seriesOf(points, "sailpoint.bulk_upload.token.requests", "outcome"), [["ok", 1]])
    })
  )
})

const messagesIn = (stderr: string) => Array.from(stderr.matchAll(/message="[^"]+"/gu), ([text]) => text)

describe("the log", { timeout: 60_000 }, () => {
  it.live("the log is exported, each line of a call with the span of the call", () =>
    Effect.gen(function* () {
      const { posts } = yield* observed({ calls: [JsonRpc.callStatus(1, done)] })
      const { spanId, traceId } = spanNamed(posts, "tools/call get_bulk_upload_status")
      const logs = Otlp.logsIn(posts)
      assert.lengthOf(logs, 1)
      const [{ attributes, ...log } = { attributes: {} }] = logs
      assert.deepStrictEqual(log, { body: "Tool call", severity: "Info", spanId, traceId })
      assert.deepInclude(attributes, {
        tool: "get_bulk_upload_status",
        outcome: "ok",
        requestId: "1",
        sourceId: done
      })
    })
  )

  it.live("the log on standard error is the same with and without telemetry", () =>
    Effect.gen(function* () {
      const deprecated = { calls: [JsonRpc.callStatus(1, Source.named("Deprecated").sourceId)] }
      const on = yield* observed(deprecated)
      const off = yield* observed({ ...deprecated, env: { OTEL_SDK_DISABLED: "true" } })
      assert.lengthOf(messagesIn(on.stderr), 2)
      assert.deepStrictEqual(messagesIn(on.stderr), messagesIn(off.stderr))
      const severities = Otlp.logsIn(on.posts).map(({ severity }) => severity)
      assert.deepStrictEqual(severities, ["Warn", "Info"])
    })
  )
})
