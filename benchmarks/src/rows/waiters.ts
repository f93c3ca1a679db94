/**
 * 10,000 who wait on 100 sources, beside one for each source and one alone: what is asked of SailPoint, and the heap
 * that each of them holds. A fresh process for every sample.
 */
import * as Child from "../Child.ts"
import type { Outcome, Task } from "../children/waiters.ts"
import type { Row } from "../Row.ts"
import { withUpstream } from "../Upstream.ts"

interface Case {
  readonly name: string
  readonly waiters: number
  readonly sources: number
}

const MANY = "10,000 on 100 sources"
const ONE_EACH = "100 on 100 sources"
const ONE = "1 on 1 source"
const CASES: ReadonlyArray<Case> = [
  { name: MANY, waiters: 10_000, sources: 100 },
  { name: ONE_EACH, waiters: 100, sources: 100 },
  { name: ONE, waiters: 1, sources: 1 }
]

interface Sample extends Outcome {
  readonly asked: number
}

/** Each source is asked twice: a job that runs, and has ended. */
const sample = ({ sources, waiters }: Case): Promise<Sample> =>
  withUpstream(
    ({ asked, url }) =>
      Child.using(Child.start<Task, Outcome>("waiters", "", ["--expose-gc"]), async (child) => {
        const outcome = await child.ask({ baseUrl: url, waiters, sources })
        if (outcome.settled !== waiters)
          throw new Error(`Only ${outcome.settled} of ${waiters} were told the end.`)
        // Less those that warmed it up.
        return { ...outcome, asked: (await asked()) - 100 }
      }),
    ["IN_PROGRESS", "COMPLETED"]
  )

export const waiters: Row = {
  id: "waiters",
  title: "Waiting for the end of uploads: 10,000 waiters on 100 sources",
  samples: 3,
  run: async ({ quick, samples }) => {
    const cases = CASES.map((one) => (quick ? { ...one, waiters: 1, sources: 1 } : one))
    const found = cases.map((one) => ({ name: one.name, samples: new Array<Sample>() }))
    for (let n = 0; n < samples; n++) {
      for (const [index, one] of cases.entries()) found[index]?.samples.push(await sample(one))
    }
    const measured = (of: (sample: Sample) => number) =>
      found.map(({ name, samples }) => ({ name, samples: samples.map(of) }))
    return [
      {
        what: "calls upstream until all are settled",
        unit: "calls",
        digits: 0,
        measured: measured(({ asked }) => asked),
        targets: [{ name: MANY, against: ONE_EACH, atMost: 1 }]
      },
      {
        what: "heap per waiter",
        unit: "kB",
        digits: 1,
        // What one alone holds is less than the heap moves by itself.
        measured: measured(({ heapBytes }) => heapBytes / 1000).filter(({ name }) => name !== ONE),
        targets: quick ? [] : [{ name: MANY, atMost: 4 }]
      }
    ]
  }
}
