/**
 * One status call: one after the other, and 50 at a time. Every client has a process of its own that lives as long
 * as the row, so that all are warm.
 */
import * as Child from "../Child.ts"
import type { Calls } from "../children/client.ts"
import type { Comparison } from "../Comparison.ts"
import { interleave } from "../Interleave.ts"
import type { Row } from "../Row.ts"
import { withUpstream } from "../Upstream.ts"

const OURS = "ours, undici layer"
const BARE = "bare fetch + JSON.parse"
const VENDOR = "the vendor's SDK"

const WITH_UPSTREAM = [
  [OURS, "withUndici"],
  ["ours, fetch layer", "withFetch"],
  [BARE, "bareFetch"],
  ["Effect's undici layer alone", "effectUndici"],
  ["undici.request", "undiciRequest"],
  ["axios", "axios"],
  [VENDOR, "vendorSdk"]
] as const

const WITHOUT_NETWORK = [
  ["ours", "withoutNetwork"],
  ["ours, with a tracer", "tracedWithoutNetwork"],
  ["Effect's client alone", "effectWithoutNetwork"]
] as const

/** Rounds of 500 calls before the first that counts: V8 goes on compiling for 20,000 calls, of whichever client. */
const COLD = 40
const WARM = 10

const TARGETS = [
  { name: OURS, against: BARE, atMost: 1 },
  { name: OURS, against: VENDOR, atMost: 0.5 }
]

const started = async ([name, maker]: readonly [name: string, maker: string]) => ({
  name,
  child: await Child.start<Calls, number>("client", maker)
})

/** With all of these clients, which are gone afterwards. */
const withClients = async <A>(
  clients: ReadonlyArray<readonly [name: string, maker: string]>,
  use: (children: ReadonlyArray<Awaited<ReturnType<typeof started>>>) => Promise<A>
): Promise<A> => {
  const children = await Promise.all(clients.map(started))
  try {
    return await use(children)
  } finally {
    await Promise.all(children.map(({ child }) => child.stop()))
  }
}

export const statusCall: Row = {
  id: "status-call",
  title: "One status call, all features on",
  samples: 75,
  needsVendorSdk: true,
  run: ({ quick, samples }) =>
    withUpstream(async ({ url }) => {
      const comparison =
        (what: string, concurrency: number, rounds: number, targets: Comparison["targets"]) =>
        async (children: ReadonlyArray<Awaited<ReturnType<typeof started>>>): Promise<Comparison> => ({
          what,
          unit: "µs per call",
          digits: 0,
          measured: await interleave(
            children.map(({ child, name }) => ({
              name,
              sample: () => child.ask({ baseUrl: url, count: quick ? 10 : 500, concurrency })
            })),
            { samples, warmUps: quick ? 0 : rounds }
          ),
          targets
        })
      return [
        ...(await withClients(WITH_UPSTREAM, async (children) => [
          await comparison("one at a time", 1, COLD, TARGETS)(children),
          await comparison("50 at a time", 50, WARM, TARGETS)(children)
        ])),
        await withClients(WITHOUT_NETWORK, comparison("50 at a time, without a network", 50, COLD, []))
      ]
    })
}
