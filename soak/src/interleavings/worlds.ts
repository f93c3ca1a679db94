/**
 * The worlds that are explored: small ones in every interleaving, larger ones at random.
 */
import type { Alternatives } from "./World.ts"

const SIMPLEST: Alternatives = {
  processes: [1],
  callers: [2],
  limits: [1],
  arrivals: [0],
  joins: [false],
  waits: [false],
  leaves: [Infinity],
  statusAnswers: ["COMPLETED"],
  tokenAnswers: ["12 minutes"],
  httpTakes: [0],
  redisTakes: [0],
  incidents: ["none"],
  policies: ["none"]
}

export const SMALL: Readonly<Record<string, Alternatives>> = {
  "two callers of one process": {
    ...SIMPLEST,
    arrivals: [0, 1],
    joins: [false, true],
    leaves: [Infinity, 0, 500],
    statusAnswers: ["COMPLETED", "429"],
    httpTakes: [0, 800]
  },
  "three callers whose token expires": {
    ...SIMPLEST,
    callers: [3],
    leaves: [Infinity, 500],
    tokenAnswers: ["1 second", "429 after 2 s", "500"],
    httpTakes: [0, 800]
  },
  "two processes, one of which is killed": {
    ...SIMPLEST,
    processes: [2],
    callers: [1],
    arrivals: [0, 300],
    incidents: ["none", "kill"],
    httpTakes: [0, 800],
    redisTakes: [0, 450]
  }
}

export const LARGE: Alternatives = {
  processes: [1, 2, 3],
  callers: [2, 4, 6],
  limits: [1, 2, 3],
  arrivals: [0, 0, 1, 300, 1000, 4000],
  joins: [false, false, false, true],
  waits: [false, true],
  leaves: [Infinity, Infinity, Infinity, 0, 5, 500, 2500],
  statusAnswers: ["COMPLETED", "COMPLETED", "PENDING", "429", "429 after 2 s", "401", "500"],
  tokenAnswers: ["12 minutes", "12 minutes", "1 second", "429 after 2 s", "500", "401"],
  httpTakes: [0, 1, 30, 800, 6000],
  redisTakes: [0, 1, 40, 450],
  incidents: ["none", "kill", "clock step", "stall", "Redis lost", "Redis restarted"],
  policies: ["none", "default"]
}
