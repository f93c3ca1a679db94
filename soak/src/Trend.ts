/**
 * The resources of a process over time. A clear growth from the second to the last quarter of the run is a leak; the
 * first quarter is the warm-up.
 */
export interface Sample {
  /** Seconds since the start. */
  readonly at: number
  readonly heapBytes: number
  readonly rssBytes: number
  readonly handles: number
  readonly files: number
}

export type Quantity = Exclude<keyof Sample, "at">

/** Growth beyond both limits is a leak: an absolute amount, and a part of the earlier value. */
const ALLOWED: Readonly<Record<Quantity, { readonly absolute: number; readonly relative: number }>> = {
  heapBytes: { absolute: 4 * 1024 * 1024, relative: 0.15 },
  // The allocator keeps freed memory, so only a large growth is a leak.
  rssBytes: { absolute: 150 * 1024 * 1024, relative: 0.5 },
  handles: { absolute: 20, relative: 0.25 },
  files: { absolute: 20, relative: 0.25 }
}

export interface Trend {
  readonly quantity: Quantity
  readonly early: number
  readonly late: number
  /** By least squares over all but the first quarter. */
  readonly slopePerMinute: number
  readonly leak: boolean
}

/** A shorter run is mostly warm-up, and a call can keep its resources for 45 s. */
const ENOUGH_SECONDS = 180

export const isEnough = (samples: ReadonlyArray<Sample>): boolean =>
  (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0) >= ENOUGH_SECONDS

export const trends = (samples: ReadonlyArray<Sample>): ReadonlyArray<Trend> =>
  (Object.keys(ALLOWED) as ReadonlyArray<Quantity>).map((quantity) => trend(quantity, samples))

const trend = (quantity: Quantity, samples: ReadonlyArray<Sample>): Trend => {
  const quarter = Math.floor(samples.length / 4)
  const values = samples.map((sample) => sample[quantity])
  const early = median(values.slice(quarter, 2 * quarter))
  const late = median(values.slice(-Math.max(quarter, 1)))
  const { absolute, relative } = ALLOWED[quantity]
  return {
    quantity,
    early,
    late,
    slopePerMinute: slope(samples.slice(quarter), quantity) * 60,
    leak: isEnough(samples) && late - early > Math.max(absolute, relative * early)
  }
}

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const mean = (values: ReadonlyArray<number>): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1)

const slope = (samples: ReadonlyArray<Sample>, quantity: Quantity): number => {
  const middle = mean(samples.map(({ at }) => at))
  const height = mean(samples.map((sample) => sample[quantity]))
  const spread = samples.reduce((sum, { at }) => sum + (at - middle) ** 2, 0)
  const shared = samples.reduce((sum, sample) => sum + (sample.at - middle) * (sample[quantity] - height), 0)
  return spread === 0 ? 0 : shared / spread
}
