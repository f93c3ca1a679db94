/**
 * Reads the text of JSON-RPC messages leniently and keeps every ID as the client wrote it.
 *
 * A JavaScript number cannot hold the ID 9007199254740993, and the SDK refuses the ID 1.5. `read` turns both kinds into
 * a marked string, and `restore` writes its digits again.
 */
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"

/** A client cannot guess the mark, so a marked string never is a client's own ID. */
const MARK = `@${crypto.randomUUID()}`
const MARKED = new RegExp(`"([-+.\\deE]+)${MARK}"`, "gu")

/** The keys that hold an ID which an answer or a notification repeats. */
const ID_KEYS: ReadonlySet<string> = new Set(["id", "requestId", "progressToken"])

/** Reads a message or a batch. Throws if the text is not valid JSON, or has an inexact ID and nests too deeply. */
export const read = (text: string): unknown => {
  const json = text.replace(/^\uFEFF/u, "")
  const parsed: unknown = JSON.parse(json)
  // Only the second parse sees the digits. It is slower, and fails at a lower depth.
  const exact: unknown = messagesIn(parsed).flatMap(idsIn).some(isInexact)
    ? JSON.parse(json, keepDigits)
    : parsed
  return Array.isArray(exact) ? exact.map(withoutNulls) : withoutNulls(exact)
}

/** Returns the single message, or the messages of a batch (protocol 2025-03-26). */
export const messagesIn = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [value])

/** Replaces each marked string in the text of an answer by the digits that the client sent. */
export const restore = (text: string): string => (text.includes(MARK) ? text.replaceAll(MARKED, "$1") : text)

/** Returns an ID without its mark, for the log. */
export const digitsOf = (id: string): string => id.replace(MARK, "")

type Fields = Record.ReadonlyRecord<string, unknown>

const fieldsOf = (value: unknown): Fields => (Predicate.isObject(value) ? value : {})

const idsIn = (message: unknown): ReadonlyArray<unknown> => {
  const { id, params } = fieldsOf(message)
  const { _meta, requestId } = fieldsOf(params)
  return [id, requestId, fieldsOf(_meta)["progressToken"]]
}

const isInexact = (value: unknown): boolean =>
  typeof value === "number" && (!Number.isSafeInteger(value) || Object.is(value, -0))

const keepDigits = (key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  ID_KEYS.has(key) && isInexact(value) ? `${context?.source}${MARK}` : value

/** Several clients send `null` for `params`, and for members of it, that they mean to omit. */
const withoutNulls = (message: unknown): unknown => {
  const { params, ...rest } = fieldsOf(message)
  if (params === null) return rest
  return Object.values(fieldsOf(params)).includes(null)
    ? { ...rest, params: Record.filter(fieldsOf(params), (value) => value !== null) }
    : message
}
