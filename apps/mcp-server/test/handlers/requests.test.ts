import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import packageJson from "../../package.json" with { type: "json" }
import * as ConnectProxy from "../support/ConnectProxy.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

/** What a server that runs in this environment asks a sandbox, and a proxy beside it, for one status. */
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

/** As Node is made to load something before a program that knows nothing of it. */
const preloaded = (code: string): string => `--import=data:text/javascript,${encodeURIComponent(code)}`

const dispatcher = (proxy: string): string =>
  `import { ProxyAgent, setGlobalDispatcher } from "${import.meta.resolve("undici")}"
  setGlobalDispatcher(new ProxyAgent({ uri: "${proxy}", proxyTunnel: true }))`

const told: ReadonlyArray<readonly [string, (proxy: string) => Record<string, string>]> = [
  ["NODE_USE_ENV_PROXY", (proxy) => ({ NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy })],
  ["an option of Node", (proxy) => ({ NODE_OPTIONS: "--use-env-proxy", HTTP_PROXY: proxy })],
  ["the same in its other spelling", (proxy) => ({ NODE_OPTIONS: "--use_env_proxy", HTTP_PROXY: proxy })],
  ["a module loaded before", (proxy) => ({ NODE_OPTIONS: preloaded(dispatcher(proxy)) })]
]

describe("a request to SailPoint", { timeout: 60_000 }, () => {
  it.live.each(told)("goes through a proxy where %s says so", ([, environment]) =>
    Effect.gen(function* () {
      const { host, received, targets } = yield* asked(environment)
      assert.isAbove(received.length, 0)
      assert.deepStrictEqual([...new Set(targets)], [host])
    })
  )

  it.live("passes by a proxy that Node was not told to use, as those of Node itself do", () =>
    Effect.gen(function* () {
      const { targets } = yield* asked((proxy) => ({ HTTP_PROXY: proxy }))
      assert.deepStrictEqual(targets, [])
    })
  )

  it.live.each([["by itself", () => ({})], ...told] as typeof told)(
    "says who asks, and to compress nothing: %s",
    ([, environment]) =>
      Effect.gen(function* () {
        const { received } = yield* asked(environment)
        assert.isAbove(received.length, 0)
        for (const { headers } of received) {
          assert.strictEqual(headers["user-agent"], `sailpoint-bulk-upload-mcp/${packageJson.version}`)
          assert.strictEqual(headers["accept-encoding"], "identity")
        }
      })
  )
})
