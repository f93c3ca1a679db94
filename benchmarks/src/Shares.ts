/**
 * How evenly processes share a limit, as the receiving side sees it.
 */
export interface Arrival {
  /** In milliseconds. */
  readonly at: number
  /** The number of the process that sent the request, from 0. */
  readonly from: number
}

/**
 * Returns the least and the largest part of any process in any window. A window begins with each arrival; those that
 * reach beyond the last request of the process that finishes first are left out, because the others use its share.
 */
export const shares = (
  arrivals: ReadonlyArray<Arrival>,
  processes: number,
  window: number
): { readonly least: number; readonly largest: number } => {
  const all = Array.from({ length: processes }, (_, process) => process)
  const last = all.map((process) => arrivals.findLast(({ from }) => from === process)?.at ?? -Infinity)
  const full = arrivals.filter(({ at }) => at + window <= Math.min(...last))
  const parts = full.flatMap(({ at }) => {
    const inside = arrivals.filter((arrival) => arrival.at >= at && arrival.at < at + window)
    return all.map((process) => inside.filter(({ from }) => from === process).length / inside.length)
  })
  return { least: Math.min(...parts), largest: Math.max(...parts) }
}
