/** The part of Elasticsearch's query language in SailPoint's guide: bool, match, match_all and range over dates. */
import * as Effect from "effect/Effect"
import { badRequest, type Response } from "./responses.ts"

export type Document = Readonly<Record<string, unknown>>

type Predicate = (document: Document) => boolean

export const isObject = (value: unknown): value is Document =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Returns the value at a dotted path. */
const at = (document: Document, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document)

/** Reads a query; its relative dates count from `now`, in milliseconds since the epoch. */
export const compile = (query: unknown, now: number): Effect.Effect<Predicate, Response> => {
  const [[name, body] = ["", undefined], ...others] = isObject(query) ? Object.entries(query) : []
  if (!isObject(body) || others.length > 0) {
    return badRequest("queryDsl has a clause that is not an object with one key and an object in it.")
  }
  switch (name) {
    case "bool":
      return compileBool(body, now)
    case "match":
      return compileMatch(body)
    case "match_all":
      return Effect.succeed(() => true)
    case "range":
      return compileRange(body, now)
    default:
      return badRequest(
        `queryDsl has the clause ${name}; the sandbox supports bool, match, match_all and range.`
      )
  }
}

const BOOL_KEYS = new Set(["must", "filter", "should", "must_not", "minimum_should_match"])

const compileBool = (body: Document, now: number): Effect.Effect<Predicate, Response> =>
  Effect.gen(function* () {
    const unknown = Object.keys(body).find((key) => !BOOL_KEYS.has(key))
    if (unknown !== undefined) return yield* badRequest(`queryDsl has a bool with the key ${unknown}.`)
    const clauses = (key: string) =>
      Effect.forEach([body[key] ?? []].flat(), (clause) => compile(clause, now))
    const must = [...(yield* clauses("must")), ...(yield* clauses("filter"))]
    const should = yield* clauses("should")
    const mustNot = yield* clauses("must_not")
    const least = body["minimum_should_match"] ?? (must.length === 0 && should.length > 0 ? 1 : 0)
    if (typeof least !== "number") return yield* badRequest("minimum_should_match is not a number.")
    return (document: Document) =>
      must.every((matches) => matches(document)) &&
      !mustNot.some((matches) => matches(document)) &&
      should.filter((matches) => matches(document)).length >= least
  })

/** Splits a text into lowercase words, as `match` does; one common word is a match. */
const words = (text: unknown): ReadonlyArray<string> =>
  [text].flat().flatMap((part) => (typeof part === "string" ? (part.toLowerCase().match(/\w+/gu) ?? []) : []))

const compileMatch = (body: Document): Effect.Effect<Predicate, Response> => {
  const [[field, wanted] = ["", undefined], ...others] = Object.entries(body)
  const text = isObject(wanted) ? wanted["query"] : wanted
  if (typeof text !== "string" || others.length > 0) {
    return badRequest("queryDsl has a match that is not one field with its text.")
  }
  const sought = new Set(words(text))
  return Effect.succeed((document) => words(at(document, field)).some((word) => sought.has(word)))
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  gte: (value, bound) => value >= bound,
  gt: (value, bound) => value > bound,
  lte: (value, bound) => value <= bound,
  lt: (value, bound) => value < bound
}

const compileRange = (body: Document, now: number): Effect.Effect<Predicate, Response> =>
  Effect.gen(function* () {
    const [[field, bounds] = ["", undefined], ...others] = Object.entries(body)
    if (!isObject(bounds) || others.length > 0 || !["created", "synced"].includes(field)) {
      return yield* badRequest("queryDsl has a range that is not over created or synced.")
    }
    const tests = yield* Effect.forEach(Object.entries(bounds), ([key, bound]) => {
      const compare = Object.hasOwn(comparisons, key) ? comparisons[key] : undefined
      const instant = typeof bound === "string" ? instantOf(bound, now) : Number.NaN
      return compare === undefined || Number.isNaN(instant)
        ? badRequest("queryDsl has a range whose bounds are not gte, gt, lte or lt with a date.")
        : Effect.succeed((value: number) => compare(value, instant))
    })
    return (document: Document) => {
      const value = Date.parse(String(document[field]))
      return tests.every((holds) => holds(value))
    }
  })

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 }

/** Reads an ISO 8601 date or a relative one: `now-7d`, or rounded down to the day, `now-7d/d`. */
const instantOf = (text: string, now: number): number => {
  const relative = /^now(?:([+-]\d+)([smhdw]))?(\/d)?$/u.exec(text)
  if (relative === null) return /^\d{4}-\d{2}-\d{2}(?:T|$)/u.test(text) ? Date.parse(text) : Number.NaN
  const [, count = "0", unit = "s", rounded] = relative
  const instant = now + Number(count) * (UNITS[unit] ?? Number.NaN)
  return rounded === undefined ? instant : Math.floor(instant / 864e5) * 864e5
}
