/**
 * The numbers of a budget, checked: one that means nothing would make every request wait for ever, or none.
 */
import * as Duration from "effect/Duration"
import type { Options } from "../RequestBudget.ts"

/** Times are milliseconds. */
export interface Numbers {
  readonly limit: number
  readonly window: number
  readonly maxPause: number
}

/** Throws a `RangeError`: wrong numbers are a mistake of the program, which no caller can mend. */
export const budgetNumbers = ({ requests = 100, per, maxPause }: Options): Numbers => {
  if (!Number.isSafeInteger(requests) || requests < 1) {
    throw wrong(
      "requests",
      requests,
      "a whole number of at least 1; for no limit at all there is RequestBudget.unlimited"
    )
  }
  return {
    limit: requests,
    window: budgetTime("per", per ?? "10 seconds"),
    maxPause: longestWait(maxPause ?? "1 minute")
  }
}

/** A time in which something has to end. */
export const budgetTime = (name: string, input: Duration.Input): number => {
  const millis = toMillis(input)
  if (millis > 0 && millis < Infinity) return millis
  throw wrong(name, input, "a time above 0 that ends")
}

/** No pause lasts longer than 20 minutes, so there may be no longest one. */
const longestWait = (input: Duration.Input): number => {
  const millis = toMillis(input)
  if (millis >= 0) return millis
  throw wrong("maxPause", input, "a time that is not negative")
}

const toMillis = (input: Duration.Input): number => Duration.toMillis(Duration.fromInputUnsafe(input))

const wrong = (name: string, given: unknown, expected: string): RangeError =>
  new RangeError(`A request budget's "${name}" is ${String(given)}: expected ${expected}.`)
