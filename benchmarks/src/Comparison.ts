/**
 * What a row measures: the same work done by several, in samples, and the targets that it is held against.
 */

export interface Comparison {
  /** What was done: "one call at a time". */
  readonly what: string
  readonly unit: string
  /** Decimals that are shown. */
  readonly digits: number
  readonly measured: ReadonlyArray<Measured>
  readonly targets: ReadonlyArray<Target>
}

export interface Measured {
  readonly name: string
  readonly samples: ReadonlyArray<number>
}

/** A bound for the median of one, alone or divided by the median of another. */
export interface Target {
  readonly name: string
  readonly against?: string
  readonly atMost?: number
  readonly atLeast?: number
}

export interface Spread {
  readonly median: number
  readonly lower: number
  readonly upper: number
}

/** Median and quartiles, interpolated. */
export const spread = (samples: ReadonlyArray<number>): Spread => {
  const sorted = samples.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), lower: quantile(sorted, 0.25), upper: quantile(sorted, 0.75) }
}

const quantile = (sorted: ReadonlyArray<number>, q: number): number => {
  const position = (sorted.length - 1) * q
  const below = sorted[Math.floor(position)] ?? Number.NaN
  const above = sorted[Math.ceil(position)] ?? Number.NaN
  return below + (above - below) * (position - Math.floor(position))
}

export interface Verdict {
  /** What is bounded, and by what: "ours ÷ bare fetch ≤ 1". */
  readonly target: string
  readonly value: number
  readonly met: boolean
}

export const verdicts = (comparison: Comparison): ReadonlyArray<Verdict> =>
  comparison.targets.map((target) => {
    const { against, atLeast, atMost, name } = target
    const value = medianOf(comparison, name) / (against === undefined ? 1 : medianOf(comparison, against))
    const subject = against === undefined ? name : `${name} ÷ ${against}`
    const unit = against === undefined ? ` ${comparison.unit}` : ""
    return {
      target: atMost === undefined ? `${subject} ≥ ${atLeast}${unit}` : `${subject} ≤ ${atMost}${unit}`,
      value,
      // Where nothing was measured the value is NaN, and no target is met.
      met: value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity)
    }
  })

export const medianOf = ({ measured }: Comparison, name: string): number =>
  spread(measured.find((one) => one.name === name)?.samples ?? []).median
