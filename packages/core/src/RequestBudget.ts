/**
 * The rate limit: SailPoint allows 100 requests in 10 seconds for a client ID and API version. All integrations with that
 * client ID share it, so a client that exceeds it blocks the others, too.
 *
 * **Details**
 *
 * A request takes a slot before it is sent, and the slot is free again one window after the request has ended. SailPoint
 * received the request before that end, so in no stretch of a window does it see more than the limit, however long
 * requests take and however the window is counted. Waiting requests run in FIFO order; an interrupted request gives up
 * only its position in the queue. A request waits for nothing while it has a slot, not even for an access token.
 *
 * After a 429, all callers of the key back off, whatever their retry policy: for as long as `Retry-After` says or, if it
 * is missing, for a second, doubled up to 16 seconds while 429s continue. If the back-off is longer than `maxPause`,
 * calls fail at once with the remaining time.
 */
import { budgetNumbers, type Options } from "./internal/budgetNumbers.ts"
import { makeSpend, type RequestBudget } from "./internal/spend.ts"

export type { Options } from "./internal/budgetNumbers.ts"
export type { RequestBudget } from "./internal/spend.ts"

/**
 * Makes a limit in the memory of this process. Throws a `RangeError` for meaningless numbers, such as no requests or a
 * window that never ends.
 *
 * @example
 * ```ts
 * import { BulkUploads, RequestBudget } from "@sailpoint-bulk-upload/core"
 *
 * // Leaves half of the tenant's limit to other integrations of the same client ID.
 * const Live = BulkUploads.layerConfig({ requestBudget: RequestBudget.make({ requests: 50 }) })
 * ```
 */
export const make = (options: Options = {}): RequestBudget => {
  const { maxPause, ...limit } = budgetNumbers(options)
  return { spend: makeSpend(limit)(maxPause) }
}

/** Sends every request at once, except during the back-off after a 429: for a gateway that limits the rate itself. */
export const unlimited: RequestBudget = {
  spend: makeSpend({ limit: Infinity, window: 0 })(budgetNumbers({}).maxPause)
}
