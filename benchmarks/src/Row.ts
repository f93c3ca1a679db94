/**
 * A row of the bench: one question, asked of us and of the peers.
 */
import type { Comparison } from "./Comparison.ts"

export interface Row {
  /** For `--rows`. */
  readonly id: string
  readonly title: string
  /** How many samples unless said otherwise. */
  readonly samples: number
  /** Whether SailPoint's own SDK is among the peers, which is installed only when it is first measured. */
  readonly needsVendorSdk?: boolean
  readonly run: (plan: Plan) => Promise<ReadonlyArray<Comparison>>
}

export interface Plan {
  readonly samples: number
  /** Only to see that it runs: as little work as there can be. */
  readonly quick: boolean
}
