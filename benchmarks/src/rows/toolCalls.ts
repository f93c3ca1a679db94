/**
 * Tool calls per second over stdio and over HTTP, 10 at a time, each of which asks the upstream: our server and one
 * written by hand on the same SDK whose tool is a bare fetch.
 */
import { builtServer } from "../BuiltServer.ts"
import { bundled } from "../Bundle.ts"
import type { Comparison } from "../Comparison.ts"
import { interleave } from "../Interleave.ts"
import { type McpServer, overHttp, overStdio } from "../McpServer.ts"
import type { Plan, Row } from "../Row.ts"
import { sourceIds, withUpstream } from "../Upstream.ts"

const OURS = "our server"
const BY_HAND = "by hand on the SDK"

const CONCURRENCY = 10
const CALLS = 200

/** V8 goes on compiling for some 15,000 calls, of either server. */
const WARM_UPS = 75

const settings = (url: string): Readonly<Record<string, string>> => ({
  SAIL_BASE_URL: url,
  SAIL_ACCESS_TOKEN: "token",
  // More than can be sent, or it would be the limit that is measured.
  SAIL_REQUEST_BUDGET: "900000 per 1 second",
  MCP_MAX_PER_CALLER: "900000"
})

const callsPerSecond = async (server: McpServer, ids: ReadonlyArray<string>): Promise<number> => {
  const start = performance.now()
  await server.call(ids, CONCURRENCY)
  return (ids.length * 1000) / (performance.now() - start)
}

const compare = async (
  what: string,
  servers: readonly [ours: McpServer, byHand: McpServer],
  { quick, samples }: Plan
): Promise<Comparison> => {
  const ids = sourceIds(quick ? 10 : CALLS)
  const [ours, byHand] = servers
  try {
    return {
      what,
      unit: "calls per s",
      digits: 0,
      measured: await interleave(
        [
          { name: OURS, sample: () => callsPerSecond(ours, ids) },
          { name: BY_HAND, sample: () => callsPerSecond(byHand, ids) }
        ],
        { samples, warmUps: quick ? 0 : WARM_UPS }
      ),
      targets: [{ name: OURS, against: BY_HAND, atLeast: 1 }]
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

export const toolCalls: Row = {
  id: "tool-calls",
  title: "Tool calls per second, 10 at a time, upstream included",
  samples: 75,
  run: (plan) =>
    withUpstream(async ({ url }) => {
      const env = settings(url)
      const ours = builtServer()
      const [stdio, http] = [await bundled("peers/stdioServer"), await bundled("peers/httpServer")]
      return [
        await compare("over stdio", [await overStdio(ours, env), await overStdio(stdio, env)], plan),
        await compare(
          "over HTTP",
          [await overHttp(ours, ["http", "--port", "0"], env), await overHttp(http, [], env)],
          plan
        )
      ]
    })
}
