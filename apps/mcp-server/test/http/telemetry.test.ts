import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as AuditLine from "../support/AuditLine.ts"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { spanNamed } from "../support/observed.ts"
import * as Otlp from "../support/Otlp.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"

const call = JsonRpc.callStatus(7, Source.named("Done").sourceId)
const CALL = "tools/call get_bulk_upload_status"

const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
const caller = "00f067aa0ba902b7"
const other = "1".repeat(16)
const from = (span: string) => `00-${trace}-${span}-01`

const modern = HttpProcess.modernCall(call)

const requests: ReadonlyArray<readonly [string, HttpProcess.Request]> = [
  ["in the message", { body: JSON.stringify(JsonRpc.withMeta(call, { traceparent: from(caller) })) }],
  ["in a header", { headers: { traceparent: from(caller) }, body: JSON.stringify(call) }],
  [
    "in a header, in the newest protocol",
    { body: modern.body, headers: { ...modern.headers, traceparent: from(caller) } }
  ],
  [
    "in both, of which the message applies",
    {
      headers: { traceparent: from(other) },
      body: JSON.stringify(JsonRpc.withMeta(call, { traceparent: from(caller) }))
    }
  ]
]

describe("a call over HTTP", { timeout: 60_000 }, () => {
  it.live.each(requests)(
    "a call over HTTP has a span that continues the traceparent %s, a metric and one log line",
    ([, request]) =>
      Effect.gen(function* () {
        const receiver = yield* OtlpReceiver.start()
        const server = yield* HttpProcess.start(yield* Sandbox.make(), { env: receiver.env })
        assert.strictEqual((yield* HttpProcess.post(server.url, request)).status, 200)
        yield* server.kill("SIGTERM")
        const { code, stderr } = yield* server.ended
        assert.strictEqual(code, 0)
        const { attributes, parentSpanId, traceId } = spanNamed(receiver.posts, CALL)
        assert.deepStrictEqual([traceId, parentSpanId], [trace, caller])
        assert.strictEqual(attributes["network.transport"], "tcp")
        const metrics = Otlp.pointsIn(receiver.posts).map(({ metric }) => metric)
        assert.include(metrics, "mcp.server.operation.duration")
        const [line, ...others] = AuditLine.inLog(stderr)
        assert.deepStrictEqual([line?.["outcome"], line?.["requestId"], others.length], ["ok", "7", 0])
      })
  )
})
