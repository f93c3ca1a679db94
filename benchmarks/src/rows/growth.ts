/**
 * The cost of a source as there are more of them: 10,000 statuses, asked for in batches of 1 to 10,000 sources with
 * the concurrency that `statuses` has by default. A fresh process for every sample.
 */
import * as Child from "../Child.ts"
import type { Outcome, Task } from "../children/growth.ts"
import type { Row } from "../Row.ts"
import { withUpstream } from "../Upstream.ts"

const BATCHES = [10_000, 1000, 100, 10, 1]

const nameOf = (batch: number): string => `${batch.toLocaleString("en-US")} at once`

/** What may be noise. */
const FLAT = 1.1

export const growth: Row = {
  id: "growth",
  title: "Cost of a source as their number grows",
  samples: 3,
  run: ({ quick, samples }) =>
    withUpstream(async ({ url }) => {
      const sources = quick ? 10 : 10_000
      const batches = quick ? [10, 1] : BATCHES
      const found = batches.map((batch) => ({ batch, samples: new Array<Outcome>() }))
      for (let n = 0; n < samples; n++) {
        for (const { batch, samples } of found) {
          samples.push(
            await Child.using(Child.start<Task, Outcome>("growth", "", ["--expose-gc"]), (child) =>
              child.ask({ baseUrl: url, sources, batch })
            )
          )
        }
      }
      const measured = (of: (outcome: Outcome) => number) =>
        found.map(({ batch, samples }) => ({ name: nameOf(batch), samples: samples.map(of) }))
      const targets = quick
        ? []
        : [1, 10, 100, 1000].map((batch) => ({
            name: nameOf(10_000),
            against: nameOf(batch),
            atMost: FLAT
          }))
      return [
        {
          what: "time per source",
          unit: "µs",
          digits: 0,
          measured: measured(({ micros }) => micros),
          targets
        },
        {
          what: "memory held per source",
          unit: "bytes",
          digits: 0,
          measured: measured(({ heldBytes }) => heldBytes),
          targets
        },
        {
          what: "peak memory of the process",
          unit: "MB",
          digits: 0,
          measured: measured(({ peakBytes }) => peakBytes / 1e6),
          targets: []
        }
      ]
    })
}
