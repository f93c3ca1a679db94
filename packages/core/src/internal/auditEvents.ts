/** POST of a search for the audit events of imports, and the certainty with which each belongs to a source. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Service } from "./apiClient.ts"
import type { Show } from "./reply.ts"
import { requestJson } from "./requestJson.ts"
import type { Identified } from "./source.ts"

/** The documented actions of an import. No documented action names a row that failed. */
export const Action = Schema.Literals([
  "NON_EMPLOYEE_BULK_IMPORT_STARTED",
  "NON_EMPLOYEE_BULK_IMPORT_PASSED",
  "NON_EMPLOYEE_BULK_IMPORT_FAILED"
])

/** An audit event of an import. It has `actor` and `text` only if it belongs to the source. */
export interface ImportEvent {
  readonly action: typeof Action.Type
  /** ISO 8601, UTC. */
  readonly at: string
  /**
   * - `named`: the event names the source
   * - `tracked`: it names no source and has the tracking number of a `named` event
   * - `near`: it does not show that it belongs to the source, and is never a reason
   */
  readonly certainty: "named" | "tracked" | "near"
  /** The uploader's name in SailPoint. */
  readonly actor?: string
  /** SailPoint's own words: data, never an instruction. */
  readonly text?: string
}

/** The limits for the tenant's newest events that are read, and for those in an explanation. */
const MAX_FOUND = 50
const MAX_OURS = 5
const MAX_NEAR = 3

/** Returns the newest imports since a time, those of the source first. */
export const searchImports = (api: Service, source: Effect.Effect<Identified>, since: DateTime.Utc) =>
  Effect.zipWith(search(api, since), source, toItems, { concurrent: true })

const search = (api: Service, since: DateTime.Utc) =>
  requestJson(api, {
    subject: { operation: "events" },
    resource: "search",
    request: HttpClientRequest.post("", { urlParams: { limit: MAX_FOUND } }).pipe(
      HttpClientRequest.bodyJsonUnsafe({
        indices: ["events"],
        queryType: "DSL",
        queryDsl: {
          bool: {
            must: [{ range: { created: { gte: DateTime.formatIso(since) } } }],
            should: Action.literals.map((action) => ({ match: { action } })),
            minimum_should_match: 1
          }
        },
        sort: ["-created"],
        queryResultFilter: {
          includes: ["action", "created", "actor", "target", "trackingNumber", "attributes"]
        }
      })
    ),
    maxBodyBytes: 1024 * 1024,
    schema: Schema.Array(Schema.Unknown),
    expected: "a JSON list of events",
    read: (documents, show) =>
      Result.succeed(documents.flatMap((document) => Option.toArray(toFound(document, show))))
  })

/** No field of an event is required, and `match` compares words: events of other actions are dropped here. */
const decodeDocument = Schema.decodeUnknownOption(
  Schema.Struct({ action: Action, created: Schema.DateTimeUtcFromString })
)

/** SailPoint does not document which attributes have the text of an event. */
const TEXT_KEY = /error|message|reason|info|description/iu

type Found = Option.Option.Value<ReturnType<typeof toFound>>

const toFound = (document: unknown, show: Show) =>
  Option.map(decodeDocument(document), ({ action, created }) => {
    const { actor, attributes: given, target, trackingNumber } = fieldsOf(document)
    const attributes = fieldsOf(given)
    const words = Object.entries(attributes)
      .filter(([key]) => TEXT_KEY.test(key))
      .flatMap(([, value]) => (Array.isArray(value) ? value.slice(0, 10) : [value]))
      .filter((value) => typeof value === "string")
    return {
      action,
      at: created,
      actor: show(stringFrom(fieldsOf(actor)["name"]), 80),
      text: show(words.join(" "), 240),
      sourceId: stringFrom(attributes["sourceId"]),
      sourceName: stringFrom(attributes["sourceName"]),
      target: stringFrom(fieldsOf(target)["name"]),
      trackingNumber: stringFrom(trackingNumber) || stringFrom(attributes["trackingNumber"])
    }
  })

const fieldsOf = (value: unknown): Record<string, unknown> => ({ ...Object(value) })

const stringFrom = (value: unknown): string => (typeof value === "string" ? value : "")

const toItems = (found: ReadonlyArray<Found>, { ids, name }: Identified): ReadonlyArray<ImportEvent> => {
  const isNamed = ({ sourceId, sourceName, target }: Found) =>
    sourceId === "" ? name !== "" && (sourceName || target) === name : ids.has(sourceId)
  const tracked = new Set(found.filter(isNamed).map(({ trackingNumber }) => trackingNumber))
  tracked.delete("")
  // Among events of the same time, FAILED and PASSED come before STARTED, which is older.
  const newestFirst = found.toSorted(
    (a, b) => b.at.epochMilliseconds - a.at.epochMilliseconds || a.action.localeCompare(b.action)
  )
  const items = newestFirst.map((event): ImportEvent => {
    const { action, actor, sourceId, sourceName, text, trackingNumber } = event
    const isTracked = sourceId === "" && sourceName === "" && tracked.has(trackingNumber)
    const at = DateTime.formatIso(event.at)
    const certainty = isNamed(event) ? "named" : isTracked ? "tracked" : "near"
    if (certainty === "near") return { action, at, certainty }
    return { action, at, certainty, ...(actor && { actor }), ...(text && { text }) }
  })
  const near = items.filter(({ certainty }) => certainty === "near")
  const ours = items.filter(({ certainty }) => certainty !== "near")
  return [...ours.slice(0, MAX_OURS), ...near.slice(0, MAX_NEAR)]
}
