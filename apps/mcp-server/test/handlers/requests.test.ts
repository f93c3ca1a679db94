import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import { gzipSync } from "node:zlib"
import packageJson from "../../package.json" with { type: "json" }
import * as ConnectProxy from "../support/ConnectProxy.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import { listen } from "../support/Loopback.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

/** The result of a status call of a server in this environment. */
const statusFrom = (env: Record<string, string>) =>
  Effect.gen(function* () {
    const server = yield* ServerProcess.start([], env)
    const call = JsonRpc.callStatus(1, Source.named("Done").sourceId)
    yield* server.send(JsonRpc.initialize(0), JsonRpc.initialized, call)
    return (yield* server.answer(1)).result?.structuredContent
  })

/** The host and port of a tenant that answers every request with this body, compressed. */
const compressing = (body: string) =>
  listen(
    createServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(body))
    })
  )

/** The requests that one status call sends to a sandbox and to a proxy, from a server in this environment. */
const asked = (environment: (proxy: string) => Record<string, string>) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const proxy = yield* ConnectProxy.start()
    const answer = yield* statusFrom({ ...ServerProcess.settingsFor(sandbox), ...environment(proxy.url) })
    assert.deepInclude(answer, { status: "COMPLETED" })
    return { host: new URL(sandbox.url).host, received: yield* sandbox.received, targets: proxy.targets }
  })

const environments: ReadonlyArray<
  readonly [string, (proxy: string) => Record<string, string>, isProxied: boolean]
> = [
  ["no proxy is set", () => ({}), false],
  ["Node is not configured to use it", (proxy) => ({ HTTP_PROXY: proxy }), false],
  ["NODE_USE_ENV_PROXY is 1", (proxy) => ({ NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy }), true],
  [
    "Node has the option --use-env-proxy",
    (proxy) => ({ NODE_OPTIONS: "--use-env-proxy", HTTP_PROXY: proxy }),
    true
  ]
]

describe("a request to SailPoint", { timeout: 60_000 }, () => {
  it.live.each(environments)(
    "a request names this server as its client and uses a proxy only if Node does: %s",
    ([, environment, isProxied]) =>
      Effect.gen(function* () {
        const { host, received, targets } = yield* asked(environment)
        assert.isAbove(received.length, 0)
        for (const { headers } of received) {
          assert.strictEqual(headers["user-agent"], `sailpoint-bulk-upload-mcp/${packageJson.version}`)
        }
        assert.deepStrictEqual([...new Set(targets)], isProxied ? [host] : [])
      })
  )

  const refusals = [
    [407, "put them into the proxy's URL (HTTPS_PROXY)"],
    [403, "name that host in NO_PROXY"]
  ] as const

  it.live.each(refusals)(
    "a request that a proxy refuses with %i is not repeated, and the error has the fix",
    ([status, says]) =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const proxy = yield* ConnectProxy.start(status)
        const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url }
        const answer = yield* statusFrom({ ...ServerProcess.settingsFor(sandbox), ...env })
        assert.deepInclude(answer, { error: "ConnectionFailed", retryable: false })
        assert.include(String(answer?.["message"]), `The proxy answered ${status}`)
        assert.include(String(answer?.["nextStep"]), says)
        assert.deepStrictEqual(proxy.targets, [new URL(sandbox.url).host])
      })
  )

  it.live("an answer in gzip is decompressed up to the size limit", () =>
    Effect.gen(function* () {
      const bodies = ['{"status":"ERROR"}', `{"status":"ERROR","filler":"${" ".repeat(10_000_000)}"}`]
      const [short, long] = yield* Effect.forEach(bodies, (body) =>
        Effect.flatMap(compressing(body), (host) =>
          statusFrom({ SAIL_BASE_URL: `http://${host}`, SAIL_ACCESS_TOKEN: "token" })
        )
      )
      assert.deepInclude(short, { status: "ERROR" })
      assert.deepInclude(long, { error: "UnexpectedResponse", httpStatus: 200 })
      assert.include(String(long?.["message"]), "larger than 64 KiB")
    })
  )
})
