/**
 * The texts of an error body. SailPoint documents three forms for the status request (400, 403 and 500; 401; 429) and none
 * for the token request, where RFC 6749 is expected; a gateway can send any body. So each key is read alone, and values
 * other than texts are ignored.
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { parseJson } from "./json.ts"
import type { Reply } from "./reply.ts"

export interface ErrorBody {
  readonly detailCode?: string
  readonly trackingId?: string
  readonly messages: ReadonlyArray<string>
}

const MAX_MESSAGES = 5

export const readErrorBody = ({ body, show }: Reply): ErrorBody => {
  const json = body._tag === "Text" ? Option.getOrUndefined(parseJson(body.text)) : undefined
  const textAt = (object: unknown, key: string, maxLength?: number): string | undefined => {
    const value = valueAt(object, key)
    return (Predicate.isString(value) && show(value, maxLength)) || undefined
  }
  const detailCode = textAt(json, "detailCode", 100)
  const trackingId = textAt(json, "trackingId", 100)
  const messages = [
    // These are lists of `{ locale, localeOrigin, text }`.
    ...["messages", "causes"].flatMap((key) => {
      const list = valueAt(json, key)
      return Array.isArray(list) ? list.map((item) => textAt(item, "text")) : []
    }),
    ...["error", "error_description", "message"].map((key) => textAt(json, key))
  ].filter((text) => text !== undefined)
  return {
    ...(detailCode === undefined ? {} : { detailCode }),
    ...(trackingId === undefined ? {} : { trackingId }),
    messages: [...new Set(messages)].slice(0, MAX_MESSAGES)
  }
}

const valueAt = (object: unknown, key: string): unknown =>
  Predicate.hasProperty(object, key) ? object[key] : undefined
