import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as JsonRpc from "../support/JsonRpc.ts"
import { observed, spanNamed } from "../support/observed.ts"
import * as Otlp from "../support/Otlp.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const done = Source.named("Done").sourceId
const CALL = "tools/call get_bulk_upload_status"
const STATUS = "GET /v2024/non-employee-sources/{id}/non-employee-bulk-upload/status"
const [INTERNAL, SERVER, CLIENT] = [1, 2, 3]
const [UNSET, OK, ERROR] = [0, 1, 2]

const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
const caller = "00f067aa0ba902b7"
const callFrom = (traceparent: unknown) => JsonRpc.withMeta(JsonRpc.callStatus(1, done), { traceparent })

const invalid: ReadonlyArray<readonly [string, unknown]> = [
  ["is not a string", 7],
  ["is garbage", "canary"],
  ["has a trace ID of zeros", `00-${"0".repeat(32)}-${caller}-01`]
]

describe("the spans of a tool call", { timeout: 60_000 }, () => {
  it.live("a tool call is a server span with OpenTelemetry's names, to which shared requests link", () =>
    Effect.gen(function* () {
      const { posts } = yield* observed({ calls: [JsonRpc.callStatus(7, done)] })
      const call = spanNamed(posts, CALL)
      const check = spanNamed(posts, "BulkUploads.check")
      const request = spanNamed(posts, "BulkUploads.request")
      const fetch = spanNamed(posts, "AccessToken.fetch")
      assert.deepStrictEqual([call.kind, call.parentSpanId, call.status], [SERVER, undefined, OK])
      assert.deepStrictEqual([check.kind, check.parentSpanId], [INTERNAL, call.spanId])
      assert.deepStrictEqual([request.parentSpanId, request.links], [undefined, [check.spanId]])
      assert.deepStrictEqual([fetch.parentSpanId, fetch.links], [undefined, [check.spanId]])
      for (const [name, parent] of [
        ["POST /oauth/token", fetch],
        [STATUS, request]
      ] as const) {
        const { kind, parentSpanId } = spanNamed(posts, name)
        assert.deepStrictEqual([kind, parentSpanId], [CLIENT, parent.spanId])
      }
      assert.deepStrictEqual(call.attributes, {
        "mcp.method.name": "tools/call",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "get_bulk_upload_status",
        "jsonrpc.request.id": "7",
        "network.transport": "pipe",
        "sailpoint.source.id": done,
        "sailpoint.tool.outcome": "ok"
      })
    })
  )

  it.live("a tool call's span has the protocol version that a modern client sends", () =>
    Effect.gen(function* () {
      const calls = [JsonRpc.modern(JsonRpc.callStatus(1, done))]
      const { posts } = yield* observed({ initializes: false, calls })
      const { attributes } = spanNamed(posts, CALL)
      assert.strictEqual(attributes["mcp.protocol.version"], JsonRpc.MODERN_VERSION)
    })
  )

  it.live("a failed tool call's span is an error with the tag of the failure", () =>
    Effect.gen(function* () {
      const { posts } = yield* observed({ calls: [JsonRpc.callStatus(1, Source.named("Private").sourceId)] })
      const { attributes, status } = spanNamed(posts, CALL)
      assert.strictEqual(status, ERROR)
      assert.deepInclude(attributes, { "error.type": "tool_error", "sailpoint.tool.outcome": "Forbidden" })
    })
  )

  it.live("a read of the resource has a span", () =>
    Effect.gen(function* () {
      const { posts } = yield* observed({ calls: [JsonRpc.readStatus(1, done)] })
      const { attributes, spanId, status } = spanNamed(posts, "resources/read")
      assert.strictEqual(status, OK)
      assert.deepInclude(attributes, {
        "mcp.method.name": "resources/read",
        "sailpoint.source.id": done,
        "sailpoint.resource.outcome": "ok"
      })
      assert.strictEqual(spanNamed(posts, "BulkUploads.check").parentSpanId, spanId)
    })
  )

  it.live("an abandoned tool call's span has an unset status, as have its requests", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
      const { posts } = yield* observed({
        sandbox,
        calls: [],
        end: (server) =>
          server
            .send(JsonRpc.callStatus(1, done))
            .pipe(Effect.andThen(sandbox.until(ServerProcess.asked)), Effect.andThen(server.closeInput))
      })
      const { attributes, status } = spanNamed(posts, CALL)
      assert.strictEqual(status, UNSET)
      assert.strictEqual(attributes["sailpoint.tool.outcome"], "cancelled")
      assert.notProperty(attributes, "error.type")
      assert.strictEqual(spanNamed(posts, STATUS).status, UNSET)
    })
  )
})

describe("a trace", { timeout: 60_000 }, () => {
  it.live("a trace continues the client's traceparent, and is not sent to SailPoint", () =>
    Effect.gen(function* () {
      const { posts, received } = yield* observed({ calls: [callFrom(`00-${trace}-${caller}-01`)] })
      const call = spanNamed(posts, CALL)
      assert.deepStrictEqual([call.traceId, call.parentSpanId], [trace, caller])
      const check = spanNamed(posts, "BulkUploads.check")
      const request = spanNamed(posts, "BulkUploads.request")
      const fetch = spanNamed(posts, "AccessToken.fetch")
      assert.deepStrictEqual([check.traceId, check.links], [trace, [fetch.spanId, request.spanId]])
      assert.lengthOf(received, 2)
      for (const { headers } of received) {
        assert.notInclude(JSON.stringify(headers), trace)
        assert.doesNotHaveAnyKeys(headers, ["traceparent", "tracestate", "baggage", "b3", "x-b3-traceid"])
      }
    })
  )

  it.live("a trace is not recorded if the client does not record it, but the call is measured", () =>
    Effect.gen(function* () {
      const { posts } = yield* observed({ calls: [callFrom(`00-${trace}-${caller}-00`)] })
      assert.deepStrictEqual(Otlp.spansIn(posts), [])
      const metrics = Otlp.pointsIn(posts).map(({ metric }) => metric)
      assert.include(metrics, "mcp.server.operation.duration")
    })
  )

  it.live.each(invalid)("a new trace begins if the client's traceparent %s", ([, traceparent]) =>
    Effect.gen(function* () {
      const { answers, posts } = yield* observed({ calls: [callFrom(traceparent)] })
      assert.strictEqual(answers[0]?.result?.structuredContent?.["status"], "COMPLETED")
      const { parentSpanId, traceId } = spanNamed(posts, CALL)
      assert.isUndefined(parentSpanId)
      assert.match(traceId, /^(?!0{32})[0-9a-f]{32}$/u)
      assert.notStrictEqual(traceId, trace)
    })
  )
})
