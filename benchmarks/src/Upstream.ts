/**
 * What stands in for SailPoint, in a process of its own and the same for all.
 */
import * as Child from "./Child.ts"

export interface Upstream {
  readonly url: string
  /** How many statuses were asked for since this was last asked. */
  readonly asked: () => Promise<number>
}

/** Runs with an upstream; the statuses of a source follow one another, the last one stays. */
export const withUpstream = <A>(
  run: (upstream: Upstream) => Promise<A>,
  statuses: ReadonlyArray<string> = ["COMPLETED"]
): Promise<A> =>
  Child.using(Child.start<"url" | "asked", string | number>("upstream", statuses.join()), async (child) =>
    run({
      url: String(await child.ask("url")),
      asked: async () => Number(await child.ask("asked"))
    })
  )

/** So many source ids, always the same. */
export const sourceIds = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, n) => n.toString(16).padStart(32, "0"))
