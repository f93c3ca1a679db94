/**
 * One line of the benchmark's table: this project's samples, a peer's for the same work, and the target for the ratio.
 */

export interface Figure {
  /** The measured work, for example "cold start over stdio". */
  readonly what: string
  readonly unit: string
  /** Samples of this project. */
  readonly ours: ReadonlyArray<number>
  /** If absent, the target bounds this project's median and not a ratio. */
  readonly against?: Measured
  readonly target: Bounds
}

export interface Bounds {
  readonly atMost?: number
  readonly atLeast?: number
}

export interface Measured {
  readonly name: string
  readonly samples: ReadonlyArray<number>
}

export interface Verdict {
  /** The ratio of the medians, or our median if the figure has no peer. */
  readonly value: number
  readonly met: boolean
}

export const median = (samples: ReadonlyArray<number>): number => {
  const sorted = samples.toSorted((a, b) => a - b)
  const [below = Number.NaN, above = Number.NaN] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)]
  ]
  return (below + above) / 2
}

/** Without samples the value is NaN, and the target is missed. */
export const verdict = ({ against, ours, target }: Figure): Verdict => {
  const { atLeast = -Infinity, atMost = Infinity } = target
  const value = median(ours) / (against === undefined ? 1 : median(against.samples))
  return { value, met: value >= atLeast && value <= atMost }
}
