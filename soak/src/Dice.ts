/**
 * Random choices that a seed repeats (mulberry32, which is not for secrets).
 */
export interface Dice {
  /** At least 0 and below 1. */
  readonly next: () => number
  readonly chance: (probability: number) => boolean
  readonly between: (low: number, high: number) => number
  readonly pick: <A>(of: ReadonlyArray<A>) => A
}

export const make = (seed: number): Dice => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    chance: (probability) => next() < probability,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (of) => {
      const item = of[Math.floor(next() * of.length)]
      if (item === undefined) throw new Error("The list to pick from is empty.")
      return item
    }
  }
}
