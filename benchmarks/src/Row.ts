/**
 * A row of the benchmark: a few figures that answer one question of users.
 */
import type { Figure } from "./Figure.ts"

export interface Row {
  /** For `--rows`. */
  readonly id: string
  readonly title: string
  /** The number of samples if `--samples` does not set it. */
  readonly samples: number
  readonly run: (plan: Plan) => Promise<ReadonlyArray<Figure>>
}

export interface Plan {
  readonly samples: number
  /** Does as little work as possible, without peers to install, only to show that the row runs. */
  readonly quick: boolean
}
