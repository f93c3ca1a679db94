/**
 * Memory over a soak: the heap after each of many rounds of ever new sources. Each sample is a fresh process.
 */
import * as Child from "../Child.ts"
import type { Task } from "../children/growth.ts"
import { median } from "../Figure.ts"
import type { Row } from "../Row.ts"

export const growth: Row = {
  id: "growth",
  title: "Memory over a soak",
  samples: 3,
  run: async ({ quick, samples }) => {
    const task = quick ? { rounds: 4, sources: 10 } : { rounds: 40, sources: 1000 }
    const megabytes = { last: new Array<number>(), first: new Array<number>() }
    for (let n = 0; n < samples; n++) {
      await using child = await Child.start<Task, ReadonlyArray<number>>("growth", {
        execArgv: ["--expose-gc"]
      })
      const heap = await child.ask(task)
      const quarter = task.rounds / 4
      megabytes.first.push(median(heap.slice(0, quarter)) / 1e6)
      megabytes.last.push(median(heap.slice(-quarter)) / 1e6)
    }
    return [
      {
        what: "memory over a soak: last quarter",
        unit: "MB",
        ours: megabytes.last,
        against: { name: "its first quarter", samples: megabytes.first },
        target: { atMost: 1.02 }
      }
    ]
  }
}
