/**
 * What became of a bulk upload, as far as SailPoint shows it: the status says that an upload failed, and not why.
 *
 * **When to use**
 *
 * After the status `ERROR`, or when an upload is `COMPLETED` and its people are not there.
 *
 * **Details**
 *
 * Beside the status, an explanation reads how many records the source has, the columns of its files and, if switched on,
 * audit events. Each of these can fail by itself; `unavailable` then says what is missing. Of records, which hold
 * personal data, two timestamps are decoded and nothing else.
 *
 * **Gotchas**
 *
 * SailPoint does not say which rows failed. A reason is known only if the text of an audit event of the source has one.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { Explanation } from "@sailpoint-bulk-upload/core"
 *
 * const Live = Explanation.layerConfig({ countRecords: true }).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * const program = Explanation.explain("e136567de87e4d029e60b3c3c55db56d", {
 *   csvHeader: "accountName;firstName;lastName"
 * }).pipe(
 *   Effect.flatMap(({ checks, columns }) => Effect.log(columns?.problems, checks)),
 *   Effect.provide(Live)
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as ApiClient from "./ApiClient.ts"
import { type BulkUploadError, NotFound, RequestTimeout } from "./BulkUploadError.ts"
import * as BulkUploads from "./BulkUploads.ts"
import * as BulkUploadStatus from "./BulkUploadStatus.ts"
import * as CsvHeader from "./CsvHeader.ts"
import { checksFor, nextStepFor } from "./internal/advice.ts"
import { ApiClient as Client } from "./internal/apiClient.ts"
import { type ImportEvent, searchImports } from "./internal/auditEvents.ts"
import type { Operation } from "./internal/errorText.ts"
import { now } from "./internal/monotonicClock.ts"
import { countRecords, getRecords } from "./internal/records.ts"
import { getColumns } from "./internal/schemaAttributes.ts"
import { getSource, identified } from "./internal/source.ts"
import { toConfig } from "./internal/toConfig.ts"
import type { InvalidSettings } from "./Settings.ts"
import * as SourceId from "./SourceId.ts"

export type { ImportEvent } from "./internal/auditEvents.ts"

/**
 * What an explanation may read, and how long it may take.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * Counts the records that were created and changed since the upload, for which up to 1,000 people's records are read.
   *
   * @default false
   */
  readonly countRecords?: boolean | undefined
  /**
   * Searches for audit events of imports. It needs the scope `sp:search:read`, which can read far more than events.
   *
   * @default false
   */
  readonly auditEvents?: boolean | undefined
  /**
   * The deadline of an explanation, waiting for the rate limit and retries included. The parts that are not there by then
   * are reported as unavailable; without the status, the explanation fails.
   *
   * @default "40 seconds"
   */
  readonly deadline?: Duration.Input | undefined
}

/**
 * What is known about the upload.
 *
 * @category models
 * @since 0.1.0
 */
export interface Upload {
  /**
   * When it was made.
   *
   * @default 24 hours ago, as the beginning of counts and of the search for events
   */
  readonly uploadedAt?: DateTime.DateTime | undefined
  /** The first line of the file. Later lines are dropped unread. */
  readonly csvHeader?: string | undefined
}

/**
 * An explanation, as plain JSON. Times are ISO 8601, UTC.
 *
 * @category models
 * @since 0.1.0
 */
export interface Explained extends BulkUploadStatus.BulkUploadStatus {
  readonly settled: boolean
  readonly meaning: string
  /** When SailPoint was asked for the status. */
  readonly checkedAt: string
  /** The records of the source that the token may see, whatever created or changed them. */
  readonly records?: {
    readonly total: number
    readonly newestCreatedAt?: string
    readonly newestChangedAt?: string
    /** Only with `countRecords`, as all that follow. */
    readonly createdSince?: number
    /** Created before, and changed since. */
    readonly changedSince?: number
    readonly since?: string
    /** False if there can be more. */
    readonly complete?: boolean
  }
  /** The columns of the source's files and, given `csvHeader`, its faults. */
  readonly columns?: CsvHeader.Columns & CsvHeader.Faults
  /**
   * Imports since the upload. `none` does not mean that there was no upload: events can arrive minutes late.
   */
  readonly events: {
    readonly outcome: "found" | "none" | "notPermitted" | "off" | "failed"
    readonly items: ReadonlyArray<ImportEvent>
  }
  /** The parts that are missing, the tag of the error that each failed with, and what would bring it. */
  readonly unavailable: ReadonlyArray<{
    readonly what: "source" | "records" | "counts" | "columns" | "events"
    readonly error: BulkUploadError["_tag"]
    readonly nextStep: string
  }>
  /** What a person can check, the most likely first. */
  readonly checks: ReadonlyArray<string>
  readonly nextStep: string
}

/**
 * The operations of the service.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** Explains the newest upload on a source. Fails only if its status cannot be read. */
  readonly explain: (sourceId: string, upload?: Upload) => Effect.Effect<Explained, BulkUploadError>
}

/**
 * The service's tag.
 *
 * @category services
 * @since 0.1.0
 */
export class Explanation extends Context.Service<Explanation, Service>()(
  "@sailpoint-bulk-upload/core/Explanation"
) {}

/** One part of an explanation, or the error that it failed with. */
type Part<A> = Result.Result<A, BulkUploadError>

const make = ({ auditEvents = false, deadline = "40 seconds", ...options }: Options) =>
  Effect.gen(function* () {
    const api = yield* Client
    const uploads = yield* BulkUploads.BulkUploads
    const limit = Duration.fromInputUnsafe(deadline)

    const explain = Effect.fn("Explanation.explain")(function* (
      input: string,
      { csvHeader, uploadedAt }: Upload = {}
    ) {
      const end = (yield* now) + Duration.toMillis(limit)
      const inTime = <A>(operation: Operation, effect: Effect.Effect<A, BulkUploadError>) =>
        Effect.flatMap(now, (at) => {
          // Other parts wait for the source, and need time after it.
          const after = Duration.millis(Math.max(0, (end - at) / (operation === "source" ? 2 : 1)))
          return Effect.timeoutOrElse(effect, {
            duration: after,
            orElse: () => new RequestTimeout({ operation, sourceId, after })
          })
        })
      const sourceId = yield* SourceId.fromString(input)
      const { checkedAt, status } = yield* inTime("status", uploads.check(sourceId))
      const since = DateTime.toUtc(uploadedAt ?? DateTime.subtract(checkedAt, { hours: 24 }))

      const part = <A>(operation: Operation, effect: Effect.Effect<A, BulkUploadError>) =>
        Effect.result(inTime(operation, effect))
      const known = identified(sourceId)
      // An event can name the source by either ID or by its name; records are filtered by one of the IDs.
      const source = yield* Effect.cached(
        auditEvents || known.hex === undefined
          ? part("source", getSource(api, sourceId))
          : Effect.succeed<Part<typeof known>>(Result.succeed(known))
      )
      const withHex = <A>(
        use: (hex: { sourceId: SourceId.SourceId; hex: string }) => Effect.Effect<A, BulkUploadError>
      ) =>
        Effect.flatMap(
          known.hex === undefined ? Effect.flatMap(source, Effect.fromResult) : Effect.succeed(known),
          ({ hex }) =>
            hex === undefined
              ? Effect.fail(new NotFound({ operation: "source", sourceId }))
              : use({ sourceId, hex })
        )
      const all = yield* Effect.all(
        {
          source,
          records: part(
            "records",
            withHex((source) => getRecords(api, source))
          ),
          counts:
            options.countRecords === true
              ? part(
                  "records",
                  withHex((source) => countRecords(api, source, since))
                )
              : Effect.undefined,
          columns: part("columns", getColumns(api, sourceId)),
          events: auditEvents
            ? part(
                "events",
                searchImports(
                  api,
                  Effect.map(
                    source,
                    Result.getOrElse(() => known)
                  ),
                  since
                )
              )
            : Effect.undefined
        },
        { concurrency: "unbounded" }
      )
      const value = <A>(part: Part<A> | undefined): A | undefined =>
        part === undefined || Result.isFailure(part) ? undefined : part.success
      const items = value(all.events)
      const evidence = {
        status,
        records: withCounts(value(all.records), value(all.counts)),
        columns: withFaults(value(all.columns), csvHeader),
        events: { outcome: outcomeOf(all.events), items: items ?? [] },
        uploadedAt: uploadedAt && DateTime.formatIso(since),
        hasHeader: csvHeader !== undefined
      }
      const { columns, events, records } = evidence
      const explained: Explained = {
        sourceId,
        status,
        settled: BulkUploadStatus.isSettled(status),
        meaning: BulkUploadStatus.meaning(status),
        checkedAt: DateTime.formatIso(checkedAt),
        ...(records && { records }),
        ...(columns && { columns }),
        events,
        unavailable: PARTS.flatMap((what) => {
          const part: Part<unknown> | undefined = all[what]
          return part === undefined || Result.isSuccess(part)
            ? []
            : [{ what, error: part.failure._tag, nextStep: part.failure.nextStep }]
        }),
        checks: checksFor(evidence),
        nextStep: nextStepFor(evidence)
      }
      return explained
    })
    return Explanation.of({ explain })
  })

const PARTS = ["source", "records", "counts", "columns", "events"] as const

const withCounts = (
  records: Effect.Success<ReturnType<typeof getRecords>> | undefined,
  counts: Effect.Success<ReturnType<typeof countRecords>> | undefined
): Explained["records"] => {
  const known = records ?? counts
  return known && { ...known, ...counts }
}

/** Without the columns, a header still shows what does not depend on them. */
const withFaults = (
  columns: CsvHeader.Columns | undefined,
  header: string | undefined
): Explained["columns"] => {
  const none = { required: [], optional: [], missing: [], unknown: [], problems: [] }
  if (header === undefined) return columns && { ...none, ...columns }
  return columns === undefined
    ? { ...none, problems: CsvHeader.check(header, none).problems }
    : { ...columns, ...CsvHeader.check(header, columns) }
}

const outcomeOf = (events: Part<ReadonlyArray<ImportEvent>> | undefined): Explained["events"]["outcome"] => {
  if (events === undefined) return "off"
  if (Result.isFailure(events)) return events.failure._tag === "Forbidden" ? "notPermitted" : "failed"
  return events.success.length === 0 ? "none" : "found"
}

/**
 * Makes the service over an API client that is shared with others.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, BulkUploads, Explanation } from "@sailpoint-bulk-upload/core"
 *
 * const Live = Layer.merge(BulkUploads.layerApiClient, Explanation.layerApiClient({ auditEvents: true })).pipe(
 *   Layer.provide(ApiClient.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerApiClient = (options: Options = {}): Layer.Layer<Explanation, never, ApiClient.ApiClient> =>
  Layer.effect(Explanation, make(options)).pipe(Layer.provide(BulkUploads.layerApiClient))

/**
 * Makes the service from options; see `ApiClient.layer`.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 * import { Explanation } from "@sailpoint-bulk-upload/core"
 *
 * const Live = Explanation.layer({
 *   baseUrl: "https://acme.api.identitynow.com",
 *   auth: { clientId: "my-client-id", clientSecret: Redacted.make("my-client-secret") },
 *   countRecords: true
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: ApiClient.Options & Options
): Layer.Layer<Explanation, ApiClient.InvalidBaseUrl, HttpClient> =>
  Layer.provide(layerApiClient(options), ApiClient.layer(options))

/**
 * Makes the service from options and the environment (`SAIL_COUNT_RECORDS`, `SAIL_AUDIT_EVENTS`, and those of
 * `ApiClient.layerConfig`).
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { Explanation } from "@sailpoint-bulk-upload/core"
 *
 * const Live = Explanation.layerConfig({ deadline: "1 minute" }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options: ApiClient.ConfigOptions & {
    readonly [Name in keyof Options]?: Options[Name] | Config.Config<Options[Name]> | undefined
  } = {}
): Layer.Layer<Explanation, Config.ConfigError | InvalidSettings | ApiClient.InvalidBaseUrl, HttpClient> =>
  Config.all({
    countRecords: toConfig(options.countRecords ?? isTrue("SAIL_COUNT_RECORDS")),
    auditEvents: toConfig(options.auditEvents ?? isTrue("SAIL_AUDIT_EVENTS")),
    deadline: toConfig(options.deadline)
  }).pipe(Effect.map(layerApiClient), Layer.unwrap, Layer.provide(ApiClient.layerConfig(options)))

/** The API client's layer refuses all but true and false. */
const isTrue = (name: string): Config.Config<boolean> =>
  Config.String(name).pipe(
    Config.withDefault(""),
    Config.map((value) => value.trim() === "true")
  )

/**
 * Explains the newest bulk upload on a source: its status, and what neighboring endpoints show of it.
 *
 * Accepts the source's ID, 32 hexadecimal digits or a UUID with dashes. Fails with one of `BulkUploadError` if the status
 * cannot be read; every other part can be missing, and `unavailable` says so.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Explanation } from "@sailpoint-bulk-upload/core"
 *
 * const checks = Effect.map(Explanation.explain("e136567de87e4d029e60b3c3c55db56d"), ({ checks }) => checks)
 * ```
 *
 * @category accessors
 * @since 0.1.0
 */
export const explain = (
  sourceId: string,
  upload?: Upload
): Effect.Effect<Explained, BulkUploadError, Explanation> =>
  Effect.flatMap(Explanation, (service) => service.explain(sourceId, upload))
