/**
 * Samples taken in turns (A B C, A B C, …), so that whatever slows the machine for a while slows all alike.
 */
import type { Measured } from "./Comparison.ts"

export interface Subject {
  readonly name: string
  /** Does the work once and tells what it cost. */
  readonly sample: () => Promise<number>
}

export const interleave = async (
  subjects: ReadonlyArray<Subject>,
  { samples, warmUps }: { readonly samples: number; readonly warmUps: number }
): Promise<ReadonlyArray<Measured>> => {
  const measured = subjects.map(({ name, sample }) => ({ name, sample, samples: new Array<number>() }))
  for (let round = -warmUps; round < samples; round++) {
    for (const { sample, samples } of measured) {
      const value = await sample()
      if (round >= 0) samples.push(value)
    }
  }
  return measured.map(({ name, samples }) => ({ name, samples }))
}
