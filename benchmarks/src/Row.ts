/**
 * A row of the bench: one question that a user would ask, answered by a few figures.
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
  /** As little work as possible, without the peers that have to be installed: only shows that the row runs. */
  readonly quick: boolean
}
