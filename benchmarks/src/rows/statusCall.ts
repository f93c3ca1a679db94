/**
 * One status call: one after the other, and 50 at a time. Each client has a process that lives as long as the row, so
 * that all are warm.
 */
import * as Child from "../Child.ts"
import type { Calls } from "../children/client.ts"
import type { Figure } from "../Figure.ts"
import { race } from "../Race.ts"
import type { Row } from "../Row.ts"
import * as Upstream from "../Upstream.ts"

/** The peers, each with a target for every case below in which it participates. */
const PEERS = [
  { name: "the vendor's SDK", module: "../peers/vendorSdk.ts", atMost: [0.35, 0.25] },
  { name: "axios", module: "../peers/axios.ts", atMost: [0.9, 0.9] },
  { name: "bare fetch", module: "../peers/bareFetch.ts", atMost: [1.3] }
]

/** V8 compiles for the first 20,000 calls of any client, which is 40 rounds of 500 calls. */
const CASES = [
  { what: "one status call, one at a time", concurrency: 1, warmUps: 40 },
  { what: "one status call, 50 at a time", concurrency: 50, warmUps: 10 }
]

export const statusCall: Row = {
  id: "status-call",
  title: "One status call over loopback with the undici layer",
  samples: 41,
  run: async ({ quick, samples }) => {
    await using stack = new AsyncDisposableStack()
    const { url: baseUrl } = stack.use(await Upstream.start())
    const start = async (module: string) =>
      stack.use(await Child.start<Calls, number>("client", { args: [module] }))
    const ours = await start("../ours.ts")
    const peers = []
    for (const peer of quick ? PEERS.slice(2) : PEERS) {
      peers.push({ ...peer, client: await start(peer.module) })
    }
    const figures = new Array<Figure>()
    for (const [index, { concurrency, warmUps, what }] of CASES.entries()) {
      const calls = { baseUrl, count: quick ? 10 : 500, concurrency }
      const taking = peers.flatMap(({ atMost, client, name }) => {
        const bound = atMost[index]
        return bound === undefined ? [] : { name, sample: () => client.ask(calls), target: { atMost: bound } }
      })
      figures.push(
        ...(await race(
          { what, unit: "µs", ours: () => ours.ask(calls), peers: taking },
          { samples, warmUps: quick ? 0 : warmUps }
        ))
      )
    }
    return figures
  }
}
