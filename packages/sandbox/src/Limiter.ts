/** The tenant's rate limit, per client ID and API version: a number of requests in any period of a given length. */
import * as Duration from "effect/Duration"

/** The size and the period of the limit. */
export interface Limit {
  readonly requests: number
  readonly per: Duration.Input
}

/** SailPoint's documented limit. */
export const documented: Limit = { requests: 100, per: "10 seconds" }

/**
 * A sliding window per key; a refused request does not count. Times are milliseconds since the epoch.
 *
 * @internal
 */
export class Limiter {
  readonly #requests: number
  readonly #window: number
  readonly #admitted = new Map<string, Array<number>>()

  constructor(limit: Limit) {
    this.#requests = limit.requests
    this.#window = Duration.toMillis(Duration.fromInputUnsafe(limit.per))
  }

  /** Returns undefined if the request is admitted, or else the seconds to wait. */
  admit(key: string, now: number): number | undefined {
    const admitted = (this.#admitted.get(key) ?? []).filter((at) => at > now - this.#window)
    this.#admitted.set(key, admitted)
    if (admitted.length < this.#requests) {
      admitted.push(now)
      return undefined
    }
    return Math.max(1, Math.ceil(((admitted[0] ?? now) + this.#window - now) / 1000))
  }
}
