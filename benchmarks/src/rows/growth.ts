/**
 * The cost of a source as there are more of them: the statuses of 10,000, ten at a time, asked for in batches of 1 to
 * 10,000. A fresh process for every sample.
 */
import * as Child from "../Child.ts"
import type { Outcome, Task } from "../children/growth.ts"
import type { Row } from "../Row.ts"

const BATCHES = [10_000, 1000, 100, 10, 1]

const nameOf = (batch: number): string => `${batch.toLocaleString("en-US")} in one call`

/** What may be noise. */
const FLAT = 1.1

/** What may be noise, and is less than any object would take. */
const NOTHING = 12

const sample = (task: Task): Promise<Outcome> =>
  Child.using(Child.start<Task, Outcome>("growth", "", ["--expose-gc"]), (child) => child.ask(task))

export const growth: Row = {
  id: "growth",
  title: "Cost of a source as their number grows, without a network",
  samples: 5,
  run: async ({ quick, samples }) => {
    const sources = quick ? 10 : 10_000
    const batches = quick ? [10, 1] : BATCHES
    const found = batches.map((batch) => ({ batch, samples: new Array<Outcome>() }))
    for (let n = 0; n < samples; n++) {
      for (const { batch, samples } of found) samples.push(await sample({ sources, batch }))
    }
    const measured = (of: (outcome: Outcome) => number) =>
      found.map(({ batch, samples }) => ({ name: nameOf(batch), samples: samples.map(of) }))
    const flat = quick
      ? []
      : [1, 10, 100, 1000].map((batch) => ({ name: nameOf(10_000), against: nameOf(batch), atMost: FLAT }))
    return [
      {
        what: "time per source",
        unit: "µs",
        digits: 0,
        measured: measured(({ micros }) => micros),
        targets: flat
      },
      {
        what: "memory held per source, its result",
        unit: "bytes",
        digits: 0,
        measured: measured(({ heldBytes }) => heldBytes),
        targets: flat
      },
      {
        what: "memory left behind per source",
        unit: "bytes",
        digits: 0,
        measured: measured(({ leftBytes }) => leftBytes),
        targets: quick ? [] : batches.map((batch) => ({ name: nameOf(batch), atMost: NOTHING }))
      },
      {
        what: "peak memory of the process",
        unit: "MB",
        digits: 0,
        measured: measured(({ peakBytes }) => peakBytes / 1e6),
        targets: []
      }
    ]
  }
}
