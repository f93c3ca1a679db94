/**
 * The rate limit of a client, from its options.
 */
import * as RequestBudget from "../RequestBudget.ts"
import { budgetNumbers } from "./budgetNumbers.ts"

/** Every client keeps the limit of the whole process, so equal numbers mean one limit and not one each. */
const ofThisProcess = new Map<string, RequestBudget.RequestBudget>()

export const budgetOf = (
  given: RequestBudget.RequestBudget | RequestBudget.Options = {}
): RequestBudget.RequestBudget => {
  if ("spend" in given) return given
  const { limit, maxPause, window } = budgetNumbers(given)
  const numbers = `${limit} ${window} ${maxPause}`
  const budget = ofThisProcess.get(numbers) ?? RequestBudget.make(given)
  ofThisProcess.set(numbers, budget)
  return budget
}
