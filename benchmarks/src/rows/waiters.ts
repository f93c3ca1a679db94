/**
 * 10,000 callers that wait for uploads on 100 sources, compared with one for each source. Each sample is a fresh process.
 */
import * as Child from "../Child.ts"
import type { Outcome, Task } from "../children/waiters.ts"
import type { Row } from "../Row.ts"
import * as Upstream from "../Upstream.ts"

const SOURCES = 100

interface Sample extends Outcome {
  readonly asked: number
}

/** Ends the jobs once all wait, and counts the requests from then until every waiter has returned. */
const sample = async (waiters: number, timers: number): Promise<Sample> => {
  await using upstream = await Upstream.start(["IN_PROGRESS", "COMPLETED"])
  await using child = await Child.start<Task, Outcome>("waiters", { execArgv: ["--expose-gc"] })
  const outcome = await child.ask({
    baseUrl: upstream.url,
    waiters,
    sources: SOURCES,
    timers
  })
  if (outcome.settled !== waiters) throw new Error(`Only ${outcome.settled} of ${waiters} saw the end.`)
  return { ...outcome, asked: await upstream.asked() }
}

export const waiters: Row = {
  id: "waiters",
  title: "10,000 callers that wait for uploads on 100 sources",
  samples: 3,
  run: async ({ quick, samples }) => {
    const timers = quick ? 10 : 1000
    const many = new Array<Sample>()
    const few = new Array<Sample>()
    for (let n = 0; n < samples; n++) {
      many.push(await sample(quick ? 2 * SOURCES : 10_000, timers))
      few.push(await sample(SOURCES, timers))
    }
    const what = "10,000 waiters on 100 sources"
    const againstFew = (of: (sample: Sample) => number) => ({
      ours: many.map(of),
      against: { name: "100 waiters on 100 sources", samples: few.map(of) }
    })
    return [
      {
        what: `${what}: upstream calls for each check`,
        unit: "calls",
        ...againstFew(({ asked }) => asked),
        target: { atMost: 1 }
      },
      {
        what: `${what}: heap of each`,
        unit: "kB",
        ours: many.map(({ heapBytes }) => heapBytes / 1000),
        target: { atMost: 10 }
      },
      {
        what: `${what}: processor time of a timeout`,
        unit: "µs",
        ...againstFew(({ timerMicros }) => timerMicros),
        target: { atMost: 1.5 }
      }
    ]
  }
}
