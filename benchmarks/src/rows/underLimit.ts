/**
 * 1,000 sources under the limit, from one process.
 */
import type { Row } from "../Row.ts"
import * as UnderLimit from "../UnderLimit.ts"

export const underLimit: Row = {
  id: "under-limit",
  title: "1,000 sources under the limit, from one process",
  samples: 3,
  run: async ({ quick, samples }) => {
    const sources = quick ? 20 : 1000
    const outcomes = new Array<UnderLimit.Outcome>()
    for (let n = 0; n < samples; n++) outcomes.push(await UnderLimit.ask(1, sources))
    return UnderLimit.figures("1,000 sources, one process", outcomes, sources, 1.05)
  }
}
