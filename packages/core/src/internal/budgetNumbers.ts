/** The numbers of a rate limit, checked: a meaningless one would block every request, or none. */
import * as Duration from "effect/Duration"

/** The numbers of a rate limit. */
export interface Options {
  /** The number of requests in one window: a whole number of at least 1. Default: 100. */
  readonly requests?: number | undefined
  /** The length of the window. Default: 10 seconds. */
  readonly per?: Duration.Input | undefined
  /** The longest wait for the end of a back-off. A longer back-off fails the request at once. Default: 1 minute. */
  readonly maxPause?: Duration.Input | undefined
}

/** Times are milliseconds. */
export interface Limit {
  readonly limit: number
  readonly window: number
}

/** Throws a `RangeError`: wrong numbers are a bug of the program, which no caller can fix. */
export const budgetNumbers = ({ requests = 100, per, maxPause }: Options) => {
  if (!Number.isSafeInteger(requests) || requests < 1) {
    throw wrong(
      "requests",
      requests,
      "a whole number of at least 1. For no limit, use RequestBudget.unlimited"
    )
  }
  const window = toMillis(per ?? "10 seconds")
  if (!(window > 0 && window < Infinity)) throw wrong("per", per, "a time above 0 that ends")
  const longest = toMillis(maxPause ?? "1 minute")
  // Infinity is valid, because no back-off lasts longer than 20 minutes.
  if (!(longest >= 0)) throw wrong("maxPause", maxPause, "a time that is not negative")
  return { limit: requests, window, maxPause: longest }
}

const toMillis = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))

const wrong = (name: string, given: unknown, expected: string): RangeError =>
  new RangeError(`The rate limit's "${name}" is ${String(given)}: expected ${expected}.`)
