/**
 * The rate limit of a client, from its options.
 */
import { budgetNumbers, type Options } from "./budgetNumbers.ts"
import { makeSpend, type Spend } from "./spend.ts"

/** Every client keeps the limit of the whole process, so equal limits are one and not one for each client. */
const ofThisProcess = new Map<string, ReturnType<typeof makeSpend>>()

export const budgetOf = (given: { readonly spend: Spend } | Options = {}): { readonly spend: Spend } => {
  if ("spend" in given) return given
  const { limit, maxPause, window } = budgetNumbers(given)
  const key = `${limit} ${window}`
  const spend = ofThisProcess.get(key) ?? makeSpend({ limit, window })
  ofThisProcess.set(key, spend)
  return { spend: spend(maxPause) }
}
