/**
 * GET of a source's records, which contain personal data: as few as possible are requested, and only two timestamps of
 * each are decoded.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { BulkUploadError } from "../BulkUploadError.ts"
import type { SourceId } from "../SourceId.ts"
import type { Service } from "./apiClient.ts"
import { requestJson } from "./requestJson.ts"

/** The source's records that the token may see. Other uploads and users create and change records, too. */
export type Records = {
  readonly total: number
  readonly newestCreatedAt?: string
  readonly newestChangedAt?: string
  /** The records created since `since`. Like the fields below, only with `countRecords`. */
  readonly createdSince?: number
  /** The records created before `since` and changed since. */
  readonly changedSince?: number
  readonly since?: string
  /** False if the counts can be too low, because at most 1,000 records are read. */
  readonly complete?: boolean
}

const PAGE = 250
const MAX_PAGES = 4

/** The source whose records are requested. */
export interface RecordSource {
  readonly sourceId: SourceId
  readonly hex: string
}

const Time = Schema.optionalKey(Schema.Unknown)

const getPage = (
  api: Service,
  { hex, sourceId }: RecordSource,
  sorters: "-created" | "-modified",
  limit = 1,
  offset = 0
) =>
  requestJson(api, {
    subject: { operation: "records", sourceId },
    resource: "non-employee-records",
    request: HttpClientRequest.get("", {
      urlParams: { filters: `sourceId eq "${hex}"`, sorters, limit, offset, count: true }
    }),
    maxBodyBytes: 4 * 1024 * 1024,
    schema: Schema.Array(Schema.Struct({ created: Time, modified: Time })),
    expected: "a JSON list of records",
    // Spans keep the result, so it has numbers instead of SailPoint's texts.
    read: (records, _, { "x-total-count": total = "" }) =>
      /^\d{1,9}$/u.test(total)
        ? Result.succeed({
            records: records.map((time) => ({
              created: millisOf(time.created),
              modified: millisOf(time.modified)
            })),
            total: Number(total)
          })
        : Result.fail({ reason: "the header X-Total-Count is not a number." })
  })

/** Milliseconds since the epoch; NaN if SailPoint sends no time. */
const millisOf = (value: unknown): number => (typeof value === "string" ? Date.parse(value) : Number.NaN)

/** Reads the number of records, and the times of the newest creation and the newest change. */
export const getRecords = (api: Service, source: RecordSource): Effect.Effect<Records, BulkUploadError> =>
  Effect.zipWith(
    getPage(api, source, "-created"),
    getPage(api, source, "-modified"),
    (byCreated, byModified) => ({
      total: byCreated.total,
      ...isoOf(byCreated.records[0]?.created, (newestCreatedAt) => ({ newestCreatedAt })),
      ...isoOf(byModified.records[0]?.modified, (newestChangedAt) => ({ newestChangedAt }))
    }),
    { concurrent: true }
  )

const isoOf = <A>(millis = Number.NaN, toField: (iso: string) => A): A | undefined =>
  Number.isNaN(millis) ? undefined : toField(DateTime.formatIso(DateTime.makeUnsafe(millis)))

/** Counts the records created and changed since a time. Reads up to four pages of the newest. */
export const countSince = Effect.fnUntraced(function* (
  api: Service,
  source: RecordSource,
  since: DateTime.Utc
): Effect.fn.Return<Records, BulkUploadError> {
  const from = DateTime.toEpochMillis(since)
  const counts = {
    total: 0,
    createdSince: 0,
    changedSince: 0,
    since: DateTime.formatIso(since),
    complete: true
  }
  for (let page = 0; page < MAX_PAGES; page++) {
    const { records, total } = yield* getPage(api, source, "-modified", PAGE, page * PAGE)
    counts.total = total
    for (const { created, modified } of records) {
      if (modified < from) return counts
      // SailPoint does not document the position of a record without a time, so others may follow it.
      if (Number.isNaN(modified) || Number.isNaN(created)) counts.complete = false
      else if (created >= from) counts.createdSince += 1
      else counts.changedSince += 1
    }
    if (total <= (page + 1) * PAGE) return counts
  }
  return { ...counts, complete: false }
})
