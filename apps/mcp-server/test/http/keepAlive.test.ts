import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { preloaded } from "../support/preloaded.ts"

const sourceId = Source.named("Done").sourceId
const call = JsonRpc.callTool(1, "wait_for_bulk_upload", { sourceId, timeoutSeconds: 270 })

const eras = [
  [JsonRpc.LEGACY_VERSION, { body: JSON.stringify(call) }],
  [JsonRpc.MODERN_VERSION, HttpProcess.modernCall(call)]
] as const

/** Makes the server's intervals a hundred times shorter. */
const HURRIED = preloaded(
  "const { setInterval } = globalThis; globalThis.setInterval = (run, millis, ...args) => setInterval(run, millis / 100, ...args)"
)

describe("a long wait over HTTP", { timeout: 60_000 }, () => {
  it.live.each(eras)(
    "a long wait sends keep-alives by protocol %s, also without a progress token",
    ([, request]) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "2 seconds" } })
        const { url } = yield* HttpProcess.start(sandbox, { env: HURRIED })
        const { body } = yield* HttpProcess.post(url, request)
        const [beforeAnswer = ""] = body.split("data: {")
        assert.match(beforeAnswer, /^(?::[^\n]*\n\n)+/u)
        assert.include(body, `"status":"COMPLETED"`)
      })
  )

  it.live.each(eras)("a long wait begins its answer at once by protocol %s", ([, request]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "8 seconds" } })
      const server = yield* HttpProcess.start(sandbox)
      const { body, status } = yield* Effect.promise(() =>
        fetch(`${server.url}/mcp`, {
          method: "POST",
          ...request,
          headers: { ...HttpProcess.HEADERS, ...("headers" in request ? request.headers : {}) }
        })
      )
      // The client disconnects before the outcome, on which the head of the answer does not depend.
      yield* Effect.promise(async () => body?.cancel())
      const [, outcome] = yield* server.logged(/outcome=(\w+)/u)
      assert.deepStrictEqual([status, outcome], [200, "cancelled"])
    })
  )
})
