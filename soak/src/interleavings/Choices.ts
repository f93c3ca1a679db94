/**
 * Sources of choices. The list of all choices of an interleaving replays it.
 */
import type * as Dice from "../Dice.ts"

/** Returns a number from 0 to `count - 1`. */
export type Choose = (count: number) => number

export interface Recorded {
  readonly choose: Choose
  /** Every choice so far, with the number of its alternatives. */
  readonly made: ReadonlyArray<Made>
}

export interface Made {
  readonly choice: number
  readonly count: number
}

const recorded = (choose: (count: number, index: number) => number): Recorded => {
  const made: Array<Made> = []
  return {
    made,
    choose: (count) => {
      const choice = choose(count, made.length)
      made.push({ choice, count })
      return choice
    }
  }
}

export const random = (dice: Dice.Dice): Recorded => recorded((count) => dice.between(0, count - 1))

/** After the end of the list, and for an alternative that does not exist, the choice is 0. */
export const replay = (choices: ReadonlyArray<number>): Recorded =>
  recorded((count, index) => {
    const choice = choices[index] ?? 0
    return choice < count ? choice : 0
  })

/** Returns the next choices in depth-first order, or undefined after the last ones. */
export const following = (made: ReadonlyArray<Made>): ReadonlyArray<number> | undefined => {
  const last = made.findLastIndex(({ choice, count }) => choice < count - 1)
  return last === -1
    ? undefined
    : made.slice(0, last + 1).map(({ choice }, index) => (index === last ? choice + 1 : choice))
}

/** Shortens and lowers choices for as long as the result still fails. */
export const shrink = async (
  choices: ReadonlyArray<number>,
  fails: (choices: ReadonlyArray<number>) => Promise<boolean>
): Promise<ReadonlyArray<number>> => {
  let smallest = choices
  for (let length = smallest.length; length >= 1; length = Math.floor(length / 2)) {
    while (length < smallest.length && (await fails(smallest.slice(0, -length)))) {
      smallest = smallest.slice(0, -length)
    }
  }
  for (let changed = true; changed;) {
    changed = false
    for (const [index, choice] of smallest.entries()) {
      if (choice === 0) continue
      const lower = smallest.with(index, 0)
      if (!(await fails(lower))) continue
      smallest = lower
      changed = true
    }
  }
  const end = smallest.findLastIndex((choice) => choice > 0)
  return smallest.slice(0, end + 1)
}
