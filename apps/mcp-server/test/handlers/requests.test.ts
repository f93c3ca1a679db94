import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import packageJson from "../../package.json" with { type: "json" }
import * as ConnectProxy from "../support/ConnectProxy.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

/** The requests that one status call sends to a sandbox and to a proxy, from a server in this environment. */
const asked = (environment: (proxy: string) => Record<string, string>) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    const proxy = yield* ConnectProxy.start
    const server = yield* ServerProcess.start([], {
      ...ServerProcess.settingsFor(sandbox),
      ...environment(proxy.url)
    })
    yield* server.send(
      JsonRpc.initialize(0),
      JsonRpc.initialized,
      JsonRpc.callStatus(1, Source.named("Done").sourceId)
    )
    const { result } = yield* server.answer(1)
    assert.deepInclude(result?.structuredContent, { status: "COMPLETED" })
    return { host: new URL(sandbox.url).host, received: yield* sandbox.received, targets: proxy.targets }
  })

const proxied: ReadonlyArray<readonly [string, (proxy: string) => Record<string, string>]> = [
  ["NODE_USE_ENV_PROXY is 1", (proxy) => ({ NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy })],
  ["Node has the option --use-env-proxy", (proxy) => ({ NODE_OPTIONS: "--use-env-proxy", HTTP_PROXY: proxy })]
]

describe("a request to SailPoint", { timeout: 60_000 }, () => {
  it.live.each(proxied)("goes through the proxy of HTTP_PROXY if %s", ([, environment]) =>
    Effect.gen(function* () {
      const { host, received, targets } = yield* asked(environment)
      assert.isAbove(received.length, 0)
      assert.deepStrictEqual([...new Set(targets)], [host])
    })
  )

  it.live("does not go through the proxy of HTTP_PROXY unless Node is set to use it", () =>
    Effect.gen(function* () {
      const { targets } = yield* asked((proxy) => ({ HTTP_PROXY: proxy }))
      assert.deepStrictEqual(targets, [])
    })
  )

  it.live.each([["there is no proxy", () => ({})], ...proxied] as typeof proxied)(
    "names this server as its client if %s",
    ([, environment]) =>
      Effect.gen(function* () {
        const { received } = yield* asked(environment)
        assert.isAbove(received.length, 0)
        for (const { headers } of received) {
          assert.strictEqual(headers["user-agent"], `sailpoint-bulk-upload-mcp/${packageJson.version}`)
        }
      })
  )
})
