/**
 * GET of a source's records, which hold personal data: as few as possible are requested, and of each only two timestamps
 * are decoded.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as ApiClient from "./apiClient.ts"
import type { BulkUploadError } from "../BulkUploadError.ts"
import type { SourceId } from "../SourceId.ts"
import { decodeJson } from "./json.ts"
import { route } from "./tenant.ts"

/** When a record was created and changed, in milliseconds since the epoch; NaN if SailPoint does not say. */
interface Times {
  readonly created: number
  readonly modified: number
}

interface Page {
  readonly records: ReadonlyArray<Times>
  readonly total: number | undefined
}

const PAGE = 250
const MAX_PAGES = 4

const getPage = (
  api: ApiClient.Service,
  source: { readonly sourceId: SourceId; readonly hex: string },
  query: Readonly<Record<string, string>>
): Effect.Effect<Page, BulkUploadError> =>
  api.retry(
    api.attempt({
      subject: { operation: "records", sourceId: source.sourceId },
      route: route(api.tenant, "", "non-employee-records"),
      request: HttpClientRequest.get(
        `${api.tenant.origin}${route(api.tenant, "", "non-employee-records")}`
      ).pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.setUrlParams({ filters: `sourceId eq "${source.hex}"`, ...query })
      ),
      maxBodyBytes: 4 * 1024 * 1024,
      decode: (text, _, headers = Headers.empty) => {
        const records = Option.getOrUndefined(decodeRecords(text))
        const total = /^\d{1,9}$/u.exec(headers["x-total-count"] ?? "")?.[0]
        if (records === undefined) return Result.fail({ reason: "the body is no JSON list of records." })
        if (query["count"] !== undefined && total === undefined) {
          return Result.fail({ reason: "the header X-Total-Count has no number." })
        }
        return Result.succeed({
          records: records.map(({ created, modified }) => ({
            created: millisOf(created),
            modified: millisOf(modified)
          })),
          total: total === undefined ? undefined : Number(total)
        })
      }
    })
  )

const decodeRecords = decodeJson(
  Schema.Array(
    Schema.Struct({
      created: Schema.optionalKey(Schema.Unknown),
      modified: Schema.optionalKey(Schema.Unknown)
    })
  )
)

const millisOf = (value: unknown): number => (typeof value === "string" ? Date.parse(value) : Number.NaN)

/** The number of records, and when the newest was created and changed: two records are read. */
export const getRecords = (api: ApiClient.Service, source: Parameters<typeof getPage>[1]) =>
  Effect.all(
    [
      getPage(api, source, { sorters: "-created", limit: "1", count: "true" }),
      getPage(api, source, { sorters: "-modified", limit: "1" })
    ],
    { concurrency: 2 }
  ).pipe(
    Effect.map(([byCreated, byModified]) => ({
      total: byCreated.total ?? 0,
      ...at(byCreated.records[0]?.created, (newestCreatedAt) => ({ newestCreatedAt })),
      ...at(byModified.records[0]?.modified, (newestChangedAt) => ({ newestChangedAt }))
    }))
  )

const at = <A>(millis = Number.NaN, field: (iso: string) => A): A | undefined =>
  Number.isNaN(millis) ? undefined : field(DateTime.formatIso(DateTime.makeUnsafe(millis)))

/** How many records were created and changed since a time: up to four pages of the newest are read. */
export const countRecords = Effect.fnUntraced(function* (
  api: ApiClient.Service,
  source: Parameters<typeof getPage>[1],
  since: DateTime.Utc
) {
  const from = DateTime.toEpochMillis(since)
  const counted = {
    total: 0,
    createdSince: 0,
    changedSince: 0,
    since: DateTime.formatIso(since),
    complete: true
  }
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = { sorters: "-modified", limit: String(PAGE), offset: String(page * PAGE), count: "true" }
    const { records, total } = yield* getPage(api, source, query)
    counted.total = total ?? 0
    for (const { created, modified } of records) {
      if (modified < from) return counted
      // Where the order puts a record without the time is not documented, so others may be behind it.
      if (Number.isNaN(modified) || Number.isNaN(created)) counted.complete = false
      else if (created >= from) counted.createdSince += 1
      else counted.changedSince += 1
    }
    if (records.length < PAGE) return counted
  }
  return { ...counted, complete: false }
})
