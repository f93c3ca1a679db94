/**
 * The results of a run, and whether they are good.
 */
import * as Calls from "./Calls.ts"
import type { Options } from "./Options.ts"
import type { Trend } from "./Trend.ts"

/** Requests as the sandbox received them. */
export interface Counted {
  /** The largest number of requests in any window. */
  readonly largest: number
  /** The number of 429 answers. */
  readonly refused: number
}

export interface Report extends Options {
  readonly calls: number
  readonly outcomes: Readonly<Record<string, number>>
  readonly faults: number
  readonly restarts: number
  readonly lost: ReadonlyArray<string>
  /** How each server ended on SIGTERM; of the restarted ones, the last that did not end well. */
  readonly exits: Readonly<Record<string, number | string>>
  readonly held: Readonly<Record<string, ReadonlyArray<Trend>>>
  /** Whether the run was long enough to show a leak. */
  readonly showsLeaks: boolean
  /** The shared limit, with `--replicas`. */
  readonly limit?: {
    readonly requests: number
    readonly windowMillis: number
    readonly shared: Counted
    /** While Redis was away or had lost writes, and for one window after that. */
    readonly unshared: Counted
    /** The windows with too many requests, while the limit was shared. */
    readonly violations: ReadonlyArray<string>
  }
}

export const isWell = ({ calls, exits, held, limit, lost, outcomes }: Report): boolean =>
  calls > 0 &&
  lost.length === 0 &&
  Calls.defects.every((defect) => outcomes[defect] === undefined) &&
  Object.values(exits).every((code) => code === 0) &&
  (limit === undefined || (limit.shared.refused === 0 && limit.shared.largest <= limit.requests)) &&
  Object.values(held)
    .flat()
    .every(({ leak }) => !leak)
