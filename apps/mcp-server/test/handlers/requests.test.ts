import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import packageJson from "../../package.json" with { type: "json" }
import * as ConnectProxy from "../support/ConnectProxy.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

/** What a status call of a server in this environment is answered with. */
const statusFrom = (env: Record<string, string>) =>
  Effect.gen(function* () {
    const server = yield* ServerProcess.start([], env)
    const call = JsonRpc.callStatus(1, Source.named("Done").sourceId)
    yield* server.send(JsonRpc.initialize(0), JsonRpc.initialized, call)
    return (yield* server.answer(1)).result?.structuredContent
  })

/** The URL of a tenant that answers every request with that, compressed. */
const compressing = (body: string) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const server = createServer((_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(body))
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close().closeAllConnections())
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

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
  ["there is no proxy", () => ({}), false],
  ["Node is not set to use it", (proxy) => ({ HTTP_PROXY: proxy }), false],
  ["NODE_USE_ENV_PROXY is 1", (proxy) => ({ NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy }), true],
  [
    "Node has the option --use-env-proxy",
    (proxy) => ({ NODE_OPTIONS: "--use-env-proxy", HTTP_PROXY: proxy }),
    true
  ]
]

describe("a request to SailPoint", { timeout: 60_000 }, () => {
  it.live.each(environments)(
    "names this server as its client, if %s, and goes through a proxy only if Node uses one",
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
    "that a proxy refuses with %i is not sent again, and says what to do",
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

  it.live("is answered in gzip: read, but not beyond the size of a body", () =>
    Effect.gen(function* () {
      const bodies = ['{"status":"ERROR"}', `{"status":"ERROR","filler":"${" ".repeat(10_000_000)}"}`]
      const [short, long] = yield* Effect.forEach(bodies, (body) =>
        Effect.flatMap(compressing(body), (url) =>
          statusFrom({ SAIL_BASE_URL: url, SAIL_ACCESS_TOKEN: "token" })
        )
      )
      assert.deepInclude(short, { status: "ERROR" })
      assert.deepInclude(long, { error: "UnexpectedResponse", httpStatus: 200 })
      assert.include(String(long?.["message"]), "larger than 64 KiB")
    })
  )
})
