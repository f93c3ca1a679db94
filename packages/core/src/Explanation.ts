/**
 * Explains a bulk upload as far as SailPoint shows it: the status says that an upload failed, and not why.
 *
 * **When to use**
 *
 * After the status `ERROR`, or if people are missing after `COMPLETED`.
 *
 * **Gotchas**
 *
 * SailPoint does not say which rows failed. A reason is known only if the text of one of the source's audit events has it.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, Explanation } from "@sailpoint-bulk-upload/core"
 *
 * const Live = Explanation.layerApiClient({ countRecords: true }).pipe(
 *   Layer.provide(ApiClient.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 *
 * const program = Explanation.explain("e136567de87e4d029e60b3c3c55db56d", {
 *   csvHeader: "accountName;firstName;lastName"
 * }).pipe(
 *   Effect.flatMap(({ checks, columns }) => Effect.log(columns?.problems, checks)),
 *   Effect.provide(Live)
 * )
 * ```
 */
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import * as Result from "effect/Result"
import type { ApiClient } from "./ApiClient.ts"
import { type BulkUploadError, RequestTimeout, UnexpectedResponse } from "./BulkUploadError.ts"
import * as BulkUploads from "./BulkUploads.ts"
import type * as BulkUploadStatus from "./BulkUploadStatus.ts"
import * as CsvHeader from "./CsvHeader.ts"
import * as Failure from "./Failure.ts"
import { checksFor, nextStepFor } from "./internal/advice.ts"
import { ApiClient as Client } from "./internal/apiClient.ts"
import { type ImportEvent, searchImports } from "./internal/auditEvents.ts"
import type { Operation } from "./internal/errorText.ts"
import { now } from "./internal/monotonicClock.ts"
import { countSince, getRecords, type Records, type RecordSource } from "./internal/records.ts"
import { getColumns, getSource, identified } from "./internal/source.ts"
import { statusReport } from "./internal/statusReport.ts"
import * as SourceId from "./SourceId.ts"

export type { ImportEvent } from "./internal/auditEvents.ts"
export type { Records } from "./internal/records.ts"

/** The parts that an explanation may read, and its deadline. */
export interface Options {
  /**
   * Counts the records that were created and changed since the upload. This reads up to 1,000 people's records.
   * Default: false.
   */
  readonly countRecords?: boolean | undefined
  /**
   * Searches for audit events of imports. This needs the scope `sp:search:read`, which can read far more than events.
   * Default: false.
   */
  readonly auditEvents?: boolean | undefined
  /**
   * The deadline of an explanation, including retries and waits for the rate limit. Parts that miss it are reported as
   * unavailable; if the status misses it, the explanation fails. Default: 40 seconds.
   */
  readonly deadline?: Duration.Input | undefined
}

/** The user's own facts about an upload. */
export interface Upload {
  /** The time of the upload, from which records are counted and events are searched. Default: 24 hours ago. */
  readonly uploadedAt?: DateTime.DateTime | undefined
  /** The first line of the file. Later lines are dropped unread. */
  readonly csvHeader?: string | undefined
}

/** An explanation, as plain JSON. Times are ISO 8601, UTC. */
export interface Explained extends BulkUploadStatus.BulkUploadStatus {
  readonly settled: boolean
  readonly meaning: string
  /** The time at which the status was requested. */
  readonly checkedAt: string
  readonly records?: Records
  /** The columns of the source's files. Without `csvHeader`, the lists of faults are empty, because nothing was checked. */
  readonly columns?: CsvHeader.Columns & CsvHeader.Faults
  /**
   * The newest imports since the upload: up to 5 of the source and 3 others, from the newest 50 of all sources. `none`
   * does not mean that there was no upload, because events can arrive minutes late.
   */
  readonly events: {
    readonly outcome: "found" | "none" | "notPermitted" | "off" | "failed"
    readonly items: ReadonlyArray<ImportEvent>
  }
  /**
   * The missing parts, each with the tag of its error, the reason of an `UnexpectedResponse`, the step to get the
   * part, and SailPoint's tracking ID.
   */
  readonly unavailable: ReadonlyArray<{
    readonly what: "source" | "records" | "counts" | "columns" | "events"
    readonly error: BulkUploadError["_tag"]
    readonly reason?: string
    readonly nextStep: string
    readonly trackingId?: string
  }>
  /** Checks for the user, the most likely fault first. */
  readonly checks: ReadonlyArray<string>
  readonly nextStep: string
}

/** The operations of the service. */
export interface Service {
  /** Explains the newest upload on a source. Fails only if its status cannot be read. */
  readonly explain: (sourceId: string, upload?: Upload) => Effect.Effect<Explained, BulkUploadError>
}

/** The service's tag. */
export class Explanation extends Context.Service<Explanation, Service>()(
  "@sailpoint-bulk-upload/core/Explanation"
) {}

type Part<A> = Result.Result<A, BulkUploadError>

const make = ({ auditEvents = false, countRecords = false, deadline = "40 seconds" }: Options) =>
  Effect.gen(function* () {
    const api = yield* Client
    const uploads = yield* BulkUploads.BulkUploads
    const millis = Duration.toMillis(Duration.fromInputUnsafe(deadline))

    const explain = Effect.fn("Explanation.explain")(function* (
      input: string,
      { csvHeader, uploadedAt }: Upload = {}
    ) {
      const end = (yield* now) + millis
      const inTime = <A>(operation: Operation, effect: Effect.Effect<A, BulkUploadError>) =>
        Effect.flatMap(now, (at) => {
          // Other parts wait for the source, and need time after it.
          const after = Duration.millis(Math.max(0, (end - at) / (operation === "source" ? 2 : 1)))
          const orElse = () => new RequestTimeout({ operation, sourceId, after })
          return Effect.timeoutOrElse(effect, { duration: after, orElse })
        })
      const part = <A>(operation: Operation, effect: Effect.Effect<A, BulkUploadError>) =>
        Effect.result(inTime(operation, effect))

      const sourceId = yield* SourceId.fromString(input)
      const { checkedAt, status } = yield* inTime("status", uploads.check(sourceId))
      const since = DateTime.toUtc(uploadedAt ?? DateTime.subtract(checkedAt, { hours: 24 }))
      const known = identified(sourceId)
      // An event can name the source by either ID or by its name; records are filtered by the hexadecimal ID.
      const source: Effect.Effect<Part<typeof known>> = yield* Effect.cached(
        auditEvents || known.hex === undefined
          ? part("source", getSource(api, sourceId))
          : Effect.succeed(Result.succeed(known))
      )
      const ofRecords = <A>(read: (source: RecordSource) => Effect.Effect<A, BulkUploadError>) =>
        part(
          "records",
          Effect.flatMap(
            known.hex === undefined ? Effect.flatMap(source, Effect.fromResult) : Effect.succeed(known),
            ({ hex }) => (hex === undefined ? withoutHex(sourceId) : read({ sourceId, hex }))
          )
        )
      const identity = Effect.map(source, (part) => valueOf(part) ?? known)
      const parts = yield* Effect.all(
        {
          source,
          records: ofRecords((source) => getRecords(api, source)),
          counts: countRecords ? ofRecords((source) => countSince(api, source, since)) : Effect.undefined,
          columns: part("columns", getColumns(api, sourceId)),
          events: auditEvents ? part("events", searchImports(api, identity, since)) : Effect.undefined
        },
        { concurrency: "unbounded" }
      )
      const records = withCounts(valueOf(parts.records), valueOf(parts.counts))
      const columns = withFaults(valueOf(parts.columns), csvHeader)
      const events = { outcome: outcomeOf(parts.events), items: valueOf(parts.events) ?? [] }
      const evidence = { status, records, columns, events, csvHeader, uploadedAt: uploadedAt && since }
      const checks = checksFor(evidence)
      const explained: Explained = {
        ...statusReport({ sourceId, status }, checkedAt),
        ...(records && { records }),
        ...(columns && { columns }),
        events,
        unavailable: Record.toEntries<keyof typeof parts, Part<unknown> | undefined>(parts).flatMap(
          ([what, part]) =>
            part === undefined || Result.isSuccess(part) ? [] : [{ what, ...fieldsOf(part.failure) }]
        ),
        checks,
        nextStep: nextStepFor(evidence, checks)
      }
      return explained
    })
    return Explanation.of({ explain })
  })

const withoutHex = (sourceId: string): UnexpectedResponse => {
  const reason = "the source has no sourceId of 32 hexadecimal digits."
  return new UnexpectedResponse({ operation: "source", sourceId, httpStatus: 200, reason })
}

const fieldsOf = (failure: BulkUploadError) => {
  const { nextStep, trackingId } = Failure.fromError(failure)
  return {
    error: failure._tag,
    ...(failure._tag === "UnexpectedResponse" && { reason: failure.reason }),
    nextStep,
    ...(trackingId !== undefined && { trackingId })
  }
}

const valueOf = <A>(part: Part<A> | undefined): A | undefined =>
  part === undefined ? undefined : Result.getOrUndefined(part)

/** The counts have a total, too, so that they can be shown without the newest records. */
const withCounts = (records: Records | undefined, counts: Records | undefined): Records | undefined =>
  counts === undefined ? records : { ...records, ...counts }

/** Without the columns, only the faults that do not depend on them are shown. */
const withFaults = (
  columns: CsvHeader.Columns | undefined,
  header: string | undefined
): Explained["columns"] => {
  const none = { required: [], optional: [], missing: [], unknown: [], problems: [] }
  if (header === undefined) return columns && { ...none, ...columns }
  const faults = CsvHeader.check(header, columns ?? none)
  return columns === undefined ? { ...none, problems: faults.problems } : { ...columns, ...faults }
}

const outcomeOf = (events: Part<ReadonlyArray<ImportEvent>> | undefined): Explained["events"]["outcome"] => {
  if (events === undefined) return "off"
  if (Result.isFailure(events)) return events.failure._tag === "Forbidden" ? "notPermitted" : "failed"
  return events.success.length === 0 ? "none" : "found"
}

/** Makes the service over an API client that it shares with other services; see `ApiClient`. */
export const layerApiClient = (options: Options = {}): Layer.Layer<Explanation, never, ApiClient> =>
  Layer.effect(Explanation, make(options)).pipe(Layer.provide(BulkUploads.layerApiClient))

/**
 * Explains the newest bulk upload on a source.
 *
 * Accepts the source's ID, 32 hexadecimal digits or a UUID with dashes. Fails with a `BulkUploadError` if the status
 * cannot be read; `unavailable` lists all other missing parts.
 */
export const explain = (
  sourceId: string,
  upload?: Upload
): Effect.Effect<Explained, BulkUploadError, Explanation> =>
  Effect.flatMap(Explanation, (service) => service.explain(sourceId, upload))
