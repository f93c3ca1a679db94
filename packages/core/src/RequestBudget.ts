/**
 * The limit on requests: SailPoint allows 100 in 10 seconds for a client ID and API version, shared by everything that
 * uses that client ID. Staying inside it is the only way not to trip the limit for others.
 *
 * A request takes a slot before it is sent, and the slot is free again one window after the request has ended. SailPoint
 * got the request before that end, so in no stretch of a window does it see more than the limit, however long requests
 * take and however the window is counted. Waiting requests run in FIFO order; one that is interrupted gives up only its
 * position in the queue. Nothing is waited for while a slot is held, not even an access token.
 *
 * After a 429, all callers of the key back off, whatever their retry policy: for as long as `Retry-After` says, or,
 * where it is missing, for a second, doubled up to 16 seconds while 429s continue. If the back-off is longer than
 * `maxPause`, calls fail at once with the time that is left.
 *
 * @since 0.1.0
 */
import { budgetNumbers, type Options } from "./internal/budgetNumbers.ts"
import { makeSpend, type Spend } from "./internal/spend.ts"

export type { Options } from "./internal/budgetNumbers.ts"
export { LimitPaused } from "./internal/limitPaused.ts"

/**
 * A limit, kept for each key. The library's keys stand for a host, a client ID and an API version.
 *
 * @category models
 * @since 0.1.0
 */
export interface RequestBudget {
  /** Sends a request as soon as the limit allows. Fails with `LimitPaused` if a back-off outlasts `maxPause`. */
  readonly spend: Spend
}

/**
 * Makes a limit in the memory of this process. Throws a `RangeError` for meaningless numbers, such as no requests or a
 * window that never ends.
 *
 * @example
 * ```ts
 * import * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
 *
 * // Leaves half of the tenant's limit to other integrations of the same client ID.
 * const half = RequestBudget.make({ requests: 50 })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): RequestBudget => {
  const { maxPause, ...limit } = budgetNumbers(options)
  return { spend: makeSpend(limit)(maxPause) }
}

/**
 * Sends every request at once, except during the back-off after a 429.
 *
 * @example
 * ```ts
 * import { BulkUploads, RequestBudget } from "@sailpoint-bulk-upload/core"
 *
 * // Where a gateway in between keeps to the limit.
 * const Live = BulkUploads.layerConfig({ requestBudget: RequestBudget.unlimited })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const unlimited: RequestBudget = {
  spend: makeSpend({ limit: Infinity, window: 0 })(budgetNumbers({}).maxPause)
}
