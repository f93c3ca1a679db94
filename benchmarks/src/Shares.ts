/**
 * How evenly processes share a limit, as the receiving side sees it.
 */

/**
 * Returns the least and the largest part of any process in any window. `senders` are the numbers of the processes, from
 * 0, in the order of arrival of their requests. A window is as many requests in a row as the limit allows in one. Those
 * after the end of the process that finishes first are left out, because the others use its share.
 */
export const shares = (
  senders: ReadonlyArray<number>,
  processes: number,
  limit: number
): { readonly least: number; readonly largest: number } => {
  const all = Array.from({ length: processes }, (_, process) => process)
  const end = Math.min(...all.map((process) => senders.lastIndexOf(process))) + 1
  const parts = Array.from({ length: Math.floor(end / limit) }, (_, n) =>
    senders.slice(n * limit, (n + 1) * limit)
  ).flatMap((window) => all.map((process) => window.filter((sender) => sender === process).length / limit))
  return { least: Math.min(...parts), largest: Math.max(...parts) }
}
