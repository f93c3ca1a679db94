/** SailPoint's standard collection parameters: limit, offset, count and sorters. */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { badRequest, json, type Response } from "./responses.ts"

/** Returns the requested page of the items, and their number if the query requests it. */
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

/** Reads a boolean of the query. Default: false. */
export const flag = (query: URLSearchParams, name: string): Effect.Effect<boolean, Response> => {
  const value = query.get(name) ?? "false"
  return value === "true" || value === "false"
    ? Effect.succeed(value === "true")
    : badRequest(`${name} is not true or false.`)
}

/** Reads an order by fields from a parameter; a minus before a field sorts it in descending order. */
export const orderBy = <Item>(
  sorters: ReadonlyArray<string>,
  fields: Readonly<Record<string, (item: Item) => string>>,
  parameter = "sorters"
): Effect.Effect<Order.Order<Item>, Response> =>
  Effect.map(
    Effect.forEach(sorters, (sorter) => {
      const name = sorter.trim().replace(/^[+-]/u, "")
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field === undefined) {
        return badRequest(
          `${parameter} is not a list of ${Object.keys(fields).join(", ")}, each with a minus to sort downwards.`
        )
      }
      const order = Order.mapInput(Order.String, field)
      return Effect.succeed(sorter.trim().startsWith("-") ? Order.flip(order) : order)
    }),
    Order.combineAll
  )

/** Sorts by the comma-separated fields of `sorters`. */
export const sort = <Item>(
  items: ReadonlyArray<Item>,
  query: URLSearchParams,
  fields: Readonly<Record<string, (item: Item) => string>>
): Effect.Effect<ReadonlyArray<Item>, Response> =>
  Effect.map(orderBy(query.get("sorters")?.split(",") ?? [], fields), (order) => items.toSorted(order))
