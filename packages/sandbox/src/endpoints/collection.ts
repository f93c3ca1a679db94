/** SailPoint's standard collection parameters: limit, offset, count and sorters. */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { badRequest, json, type Response } from "./responses.ts"

/** Yields the page of the items that the query asks for, and how many there are if it asks for that. */
export const page = (
  items: ReadonlyArray<unknown>,
  query: URLSearchParams,
  maxLimit = 250
): Effect.Effect<Response, Response> =>
  Effect.gen(function* () {
    const limit = wholeNumber(query.get("limit") ?? "250")
    const offset = wholeNumber(query.get("offset") ?? "0")
    if (limit === undefined || limit > maxLimit) {
      return yield* badRequest(`limit is not between 0 and ${maxLimit}.`)
    }
    if (offset === undefined) return yield* badRequest("offset is not 0 or more.")
    const counted = yield* flag(query, "count")
    return json(
      200,
      items.slice(offset, offset + limit),
      counted ? { "x-total-count": String(items.length) } : {}
    )
  })

const wholeNumber = (text: string): number | undefined => (/^\d+$/u.test(text) ? Number(text) : undefined)

/** A boolean of the query; false unless given. */
export const flag = (query: URLSearchParams, name: string): Effect.Effect<boolean, Response> => {
  const value = query.get(name) ?? "false"
  return value === "true" || value === "false"
    ? Effect.succeed(value === "true")
    : badRequest(`${name} is not true or false.`)
}

/** Sorts by the comma-separated fields of `sorters`, each descending after a minus. */
export const sort = <Item>(
  items: ReadonlyArray<Item>,
  query: URLSearchParams,
  fields: Readonly<Record<string, (item: Item) => string>>
): Effect.Effect<ReadonlyArray<Item>, Response> =>
  Effect.gen(function* () {
    const orders: Array<Order.Order<Item>> = []
    for (const sorter of query.get("sorters")?.split(",") ?? []) {
      const name = sorter.trim().replace(/^-/u, "")
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field === undefined) {
        return yield* badRequest(
          `sorters is not a list of ${Object.keys(fields).join(", ")}, each with a minus to sort downwards.`
        )
      }
      const order = Order.mapInput(Order.String, field)
      orders.push(sorter.trim().startsWith("-") ? Order.flip(order) : order)
    }
    return items.toSorted(Order.combineAll(orders))
  })
