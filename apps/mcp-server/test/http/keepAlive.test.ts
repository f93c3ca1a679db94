import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"

const sourceId = Source.named("Done").sourceId
const call = JsonRpc.callTool(1, "wait_for_bulk_upload", { sourceId, timeoutSeconds: 270 })

const eras = [
  [JsonRpc.LEGACY_VERSION, {}, call],
  [
    JsonRpc.MODERN_VERSION,
    {
      "mcp-protocol-version": JsonRpc.MODERN_VERSION,
      "mcp-method": "tools/call",
      "mcp-name": "wait_for_bulk_upload"
    },
    JsonRpc.modern(call)
  ]
] as const

/** The clock of the server's intervals, a hundred times as fast. */
const HURRIED = `data:text/javascript,${encodeURIComponent(
  "const { setInterval } = globalThis; globalThis.setInterval = (run, millis, ...args) => setInterval(run, millis / 100, ...args)"
)}`

describe("a long wait over HTTP", { timeout: 60_000 }, () => {
  it.live.each(eras)(
    "shows every 15 seconds that it goes on, by protocol %s, also to who wants no progress",
    ([, headers, message]) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "2 seconds" } })
        const { url } = yield* HttpProcess.start(sandbox, { env: { NODE_OPTIONS: `--import=${HURRIED}` } })
        const { body } = yield* HttpProcess.post(url, { headers, body: JSON.stringify(message) })
        const [beforeAnswer = ""] = body.split("data: {")
        assert.match(beforeAnswer, /^(?::[^\n]*\n\n)+/u)
        assert.include(body, `"status":"COMPLETED"`)
      })
  )

  it.live.each(eras)("shows at once that it has begun, by protocol %s", ([, headers, message]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
      const server = yield* HttpProcess.start(sandbox)
      const { body, status } = yield* Effect.promise(() =>
        fetch(`${server.url}/mcp`, {
          method: "POST",
          headers: { ...HttpProcess.HEADERS, ...headers },
          body: JSON.stringify(message)
        })
      )
      // Gone before there is an answer, as the head says nothing of how it ends.
      yield* Effect.promise(async () => body?.cancel())
      const [, outcome] = yield* server.told(/outcome=(\w+)/u)
      assert.deepStrictEqual([status, outcome], [200, "cancelled"])
    })
  )
})
