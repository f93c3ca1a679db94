/**
 * Samples that alternate (ours, peer, peer, ours, …), so that load on the machine slows all of them.
 */
import type { Bounds, Figure } from "./Figure.ts"

/** Does the work once and returns its cost. */
export type Sample = () => Promise<number>

export interface Race {
  readonly what: string
  readonly unit: string
  readonly ours: Sample
  readonly peers: ReadonlyArray<{ readonly name: string; readonly sample: Sample; readonly target: Bounds }>
}

/** Returns one figure for each peer. Warm-up rounds are not counted. */
export const race = async (
  { ours, peers, unit, what }: Race,
  { samples, warmUps }: { readonly samples: number; readonly warmUps: number }
): Promise<ReadonlyArray<Figure>> => {
  const taken = [ours, ...peers.map(({ sample }) => sample)].map((sample) => ({
    sample,
    samples: new Array<number>()
  }))
  for (let round = -warmUps; round < samples; round++) {
    for (const { sample, samples } of taken) {
      const value = await sample()
      if (round >= 0) samples.push(value)
    }
  }
  const [first, ...others] = taken.map(({ samples }) => samples)
  return peers.map(({ name, target }, n) => ({
    what,
    unit,
    ours: first ?? [],
    against: { name, samples: others[n] ?? [] },
    target
  }))
}
