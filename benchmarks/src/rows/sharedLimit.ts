/**
 * 1,000 sources for each of four processes that share one limit through Redis.
 */
import * as Redis from "../Redis.ts"
import type { Row } from "../Row.ts"
import { shares } from "../Shares.ts"
import * as UnderLimit from "../UnderLimit.ts"

const PROCESSES = 4

export const sharedLimit: Row = {
  id: "shared-limit",
  title: "1,000 sources for each of four processes that share a Redis and one limit",
  samples: 1,
  run: async ({ quick, samples }) => {
    const sources = quick ? 60 : 1000
    const outcomes = new Array<UnderLimit.Outcome>()
    for (let n = 0; n < samples; n++) {
      await using redis = await Redis.start()
      outcomes.push(await UnderLimit.ask(PROCESSES, sources, redis.socket))
    }
    const what = "1,000 sources for each of four processes"
    const parts = outcomes.map(({ senders }) => shares(senders, PROCESSES, UnderLimit.LIMIT.requests))
    return [
      ...UnderLimit.figures(what, outcomes, PROCESSES * sources, 1.1),
      {
        what: `${what}: least share of a window`,
        unit: "%",
        ours: parts.map(({ least }) => 100 * least),
        target: { atLeast: 15 }
      },
      {
        what: `${what}: largest share of a window`,
        unit: "%",
        ours: parts.map(({ largest }) => 100 * largest),
        target: { atMost: 35 }
      }
    ]
  }
}
