/**
 * 1,000 sources under SailPoint's limit, ten times as fast as it is (100 per second): the limit itself takes 9
 * seconds, since the first 100 go at once. A fresh process and a fresh sandbox for every sample.
 */
import * as Child from "../Child.ts"
import type { Outcome, Task } from "../children/underLimit.ts"
import type { Comparison } from "../Comparison.ts"
import type { Row } from "../Row.ts"

const OURS = "ours"
const MINIMUM = "the limit's own minimum"
const VENDOR = "the vendor's SDK, retrying 429"

const PER_SECOND = 100

interface Sample extends Outcome {
  readonly refused: number
}

const sample = (who: string, sources: number): Promise<Sample> =>
  Child.using(
    Child.start<"url" | "refused", string | number>("sandbox", String(sources)),
    async (sandbox) => {
      const baseUrl = String(await sandbox.ask("url"))
      return Child.using(Child.start<Task, Outcome>("underLimit", who), async (client) => {
        const outcome = await client.ask({ baseUrl, sources })
        return { ...outcome, refused: Number(await sandbox.ask("refused")) }
      })
    }
  )

export const underLimit: Row = {
  id: "under-limit",
  title: "1,000 sources under a limit of 100 per second",
  samples: 3,
  needsVendorSdk: true,
  run: async ({ quick, samples }) => {
    const sources = quick ? 20 : 1000
    const ours = new Array<Sample>()
    const vendor = new Array<Sample>()
    for (let n = 0; n < samples; n++) {
      ours.push(await sample("ours", sources))
      vendor.push(await sample("vendor", sources))
    }
    const comparison = (
      what: string,
      unit: string,
      of: (sample: Sample) => number
    ): Omit<Comparison, "targets"> => ({
      what,
      unit,
      digits: unit === "s" ? 2 : 0,
      measured: [
        { name: OURS, samples: ours.map(of) },
        { name: VENDOR, samples: vendor.map(of) }
      ]
    })
    const time = comparison("time for all", "s", ({ seconds }) => seconds)
    const minimum = { name: MINIMUM, samples: [Math.ceil(sources / PER_SECOND) - 1] }
    return [
      {
        ...time,
        measured: [...time.measured, minimum],
        targets: quick ? [] : [{ name: OURS, against: MINIMUM, atMost: 1.05 }]
      },
      {
        ...comparison("answered with 429", "requests", ({ refused }) => refused),
        targets: [{ name: OURS, atMost: 0 }]
      },
      {
        ...comparison("without a status in the end", "sources", ({ failed }) => failed),
        targets: [{ name: OURS, atMost: 0 }]
      }
    ]
  }
}
