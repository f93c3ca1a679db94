/**
 * Tool calls per second over stdio and over HTTP, 10 at a time, each with a call to the upstream.
 */
import { bundled } from "../Bundle.ts"
import { sourceIds } from "../Client.ts"
import { type McpServer, OURS, overHttp, overStdio } from "../McpServer.ts"
import { race } from "../Race.ts"
import type { Row } from "../Row.ts"
import * as Upstream from "../Upstream.ts"

export const toolCalls: Row = {
  id: "tool-calls",
  title: "Tool calls per second over stdio and HTTP, 10 at a time",
  samples: 41,
  run: async ({ quick, samples }) => {
    await using stack = new AsyncDisposableStack()
    const { url } = stack.use(await Upstream.start())
    const env = {
      SAIL_BASE_URL: url,
      SAIL_ACCESS_TOKEN: "token",
      // A limit above the possible rate, so that it does not affect the figures.
      SAIL_REQUEST_BUDGET: "900000 per 1 second",
      MCP_MAX_PER_CALLER: "900000"
    }
    const ids = sourceIds(quick ? 10 : 200)
    const sample = (server: McpServer) => async () => {
      const start = performance.now()
      await server.call(ids, 10)
      return (ids.length * 1000) / (performance.now() - start)
    }
    const compare = async (transport: string, ours: McpServer, byHand: McpServer) =>
      race(
        {
          what: `tool calls over ${transport}`,
          unit: "per s",
          ours: sample(stack.use(ours)),
          peers: [
            {
              name: "a hand-written server with bare fetch",
              sample: sample(stack.use(byHand)),
              target: { atLeast: 0.75 }
            }
          ]
        },
        // V8 compiles for the first 15,000 calls of either server.
        { samples, warmUps: quick ? 0 : 75 }
      )
    return [
      ...(await compare(
        "stdio",
        await overStdio({ file: OURS, env }),
        await overStdio({ file: await bundled("peers/stdioServer"), env })
      )),
      ...(await compare(
        "HTTP",
        await overHttp({ file: OURS, args: ["http", "--port", "0"], env }),
        await overHttp({ file: await bundled("peers/httpServer"), env })
      ))
    ]
  }
}
