/**
 * The texts of an error body. SailPoint documents three forms for the status request (400, 403 and 500; 401; 429) and none
 * for the token request, where RFC 6749 is expected; a gateway can send any body. So each key is read alone, and values
 * other than texts are ignored.
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { parseJson } from "./json.ts"
import type { Reply, Show } from "./reply.ts"

export interface Said {
  readonly detailCode?: string
  readonly trackingId?: string
  readonly messages: ReadonlyArray<string>
}

const MAX_MESSAGES = 5

export const readErrorBody = ({ body, show }: Reply): Said => {
  const json = body._tag === "Text" ? Option.getOrUndefined(parseJson(body.text)) : undefined
  if (!Predicate.isObject(json)) return { messages: [] }
  const detailCode = textAt(json, "detailCode", show, 100)
  const trackingId = textAt(json, "trackingId", show, 100)
  const messages = [
    ...localized(json, "messages", show),
    ...localized(json, "causes", show),
    ...["error", "error_description", "message"].map((key) => textAt(json, key, show))
  ].filter((text) => text !== undefined)
  return {
    ...(detailCode === undefined ? {} : { detailCode }),
    ...(trackingId === undefined ? {} : { trackingId }),
    messages: [...new Set(messages)].slice(0, MAX_MESSAGES)
  }
}

const textAt = (json: object, key: string, show: Show, maxLength?: number): string | undefined => {
  const value: unknown = Predicate.hasProperty(json, key) ? json[key] : undefined
  const text = Predicate.isString(value) ? show(value, maxLength) : ""
  return text === "" ? undefined : text
}

/** The texts of `[{ locale, localeOrigin, text }]`. */
const localized = (json: object, key: string, show: Show): ReadonlyArray<string | undefined> => {
  const value: unknown = Predicate.hasProperty(json, key) ? json[key] : undefined
  return Array.isArray(value)
    ? value
        .slice(0, MAX_MESSAGES)
        .map((item: unknown) => (Predicate.isObject(item) ? textAt(item, "text", show) : undefined))
    : []
}
