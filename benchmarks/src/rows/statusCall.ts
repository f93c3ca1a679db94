/**
 * One status call: one after the other, and 50 at a time. Every client has a process of its own that lives as long
 * as the row, so that all are warm.
 */
import * as Child from "../Child.ts"
import type { Calls } from "../children/client.ts"
import { interleave } from "../Interleave.ts"
import type { Row } from "../Row.ts"
import { withUpstream } from "../Upstream.ts"

const OURS = "ours, undici layer"
const BARE = "bare fetch + JSON.parse"
const VENDOR = "the vendor's SDK"

const CLIENTS = [
  [OURS, "withUndici"],
  ["ours, fetch layer", "withFetch"],
  [BARE, "bareFetch"],
  ["Effect's undici layer alone", "effectUndici"],
  ["undici.request", "undiciRequest"],
  ["axios", "axios"],
  [VENDOR, "vendorSdk"]
] as const

export const statusCall: Row = {
  id: "status-call",
  title: "One status call, all features on",
  samples: 25,
  needsVendorSdk: true,
  run: ({ quick, samples }) => {
    return withUpstream(async ({ url }) => {
      const children = await Promise.all(
        CLIENTS.map(async ([name, maker]) => ({
          name,
          child: await Child.start<Calls, number>("client", maker)
        }))
      )
      const comparison = async (what: string, concurrency: number) => ({
        what,
        unit: "µs per call",
        digits: 0,
        measured: await interleave(
          children.map(({ child, name }) => ({
            name,
            sample: () => child.ask({ baseUrl: url, count: quick ? 10 : 500, concurrency })
          })),
          { samples, warmUps: quick ? 0 : 10 }
        ),
        targets: [
          { name: OURS, against: BARE, atMost: 1 },
          { name: OURS, against: VENDOR, atMost: 0.5 }
        ]
      })
      try {
        return [await comparison("one at a time", 1), await comparison("50 at a time", 50)]
      } finally {
        await Promise.all(children.map(({ child }) => child.stop()))
      }
    })
  }
}
