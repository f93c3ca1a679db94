/**
 * The service: what is the state of the newest non-employee bulk upload on this source?
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { BulkUploads, getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
 *
 * // Reads SAIL_BASE_URL, SAIL_CLIENT_ID and SAIL_CLIENT_SECRET.
 * const Live = BulkUploads.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))
 *
 * const program = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d").pipe(
 *   Effect.flatMap(({ status }) => Effect.log(`The upload is ${status}`)),
 *   Effect.provide(Live)
 * )
 * ```
 *
 * @since 0.1.0
 */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import type { HttpClient } from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { BulkUploadError } from "./BulkUploadError.ts"
import { type BulkUploadStatus, isSettled, ResponseBody } from "./BulkUploadStatus.ts"
import * as ApiClient from "./ApiClient.ts"
import { makeChecks } from "./internal/checks.ts"
import type { Undecodable } from "./internal/classify.ts"
import { makeFollow, type Seen } from "./internal/follow.ts"
import { decodeJson } from "./internal/json.ts"
import { now } from "./internal/monotonicClock.ts"
import { whereTraced } from "./internal/whereTraced.ts"
import * as Metrics from "./Metrics.ts"
import type { InvalidSettings } from "./Settings.ts"
import * as SourceId from "./SourceId.ts"
import * as Tenant from "./Tenant.ts"
import * as Watch from "./Watch.ts"

/**
 * The operations of the service.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /**
   * Returns the status of the newest bulk upload on a source, asked for after the call. Calls for one source share
   * a request that has not been sent yet; it is interrupted, and its socket closed, when the last of them leaves.
   */
  readonly status: (sourceId: string) => Effect.Effect<BulkUploadStatus, BulkUploadError>
  /**
   * Returns the same with the time at which SailPoint was asked, which is never before the call.
   *
   * @example
   * ```ts
   * import * as DateTime from "effect/DateTime"
   * import * as Effect from "effect/Effect"
   * import { BulkUploads } from "@sailpoint-bulk-upload/core"
   *
   * const line = Effect.gen(function* () {
   *   const uploads = yield* BulkUploads.BulkUploads
   *   const { checkedAt, status } = yield* uploads.check("e136567de87e4d029e60b3c3c55db56d")
   *   return `${status} at ${DateTime.formatIso(checkedAt)}`
   * })
   * ```
   */
  readonly check: (sourceId: string) => Effect.Effect<CheckedStatus, BulkUploadError>
  /**
   * The statuses of many sources, each with its own success or failure, in the order given. A source that is
   * given twice is asked for once; one bad id spoils nothing.
   *
   * @example
   * ```ts
   * import * as Effect from "effect/Effect"
   * import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
   * import { BulkUploads } from "@sailpoint-bulk-upload/core"
   *
   * const failed = (sourceIds: ReadonlyArray<string>) =>
   *   Effect.gen(function* () {
   *     const uploads = yield* BulkUploads.BulkUploads
   *     const results = yield* uploads.statuses(sourceIds, { concurrency: 20 })
   *     return results.filter((result) => Result.isSuccess(result) && result.success.status === "ERROR")
   *   })
   * ```
   */
  readonly statuses: (
    sourceIds: Iterable<string>,
    options?: ManyOptions
  ) => Effect.Effect<ReadonlyArray<Result.Result<BulkUploadStatus, BulkUploadError>>>
  /** The same as they come in, each with the id as it was given: for showing progress. */
  readonly statusesStream: (
    sourceIds: Iterable<string>,
    options?: ManyOptions
  ) => Stream.Stream<readonly [sourceId: string, status: Result.Result<BulkUploadStatus, BulkUploadError>]>
  /**
   * Emits the status now, and then each change, until the job has ended. Failures that can pass by themselves are
   * survived, others end the stream. Followers of one source share its checks; see `Watch`.
   *
   * @example
   * ```ts
   * import * as Effect from "effect/Effect"
   * import * as Stream from "effect/Stream"
   * import { BulkUploads } from "@sailpoint-bulk-upload/core"
   *
   * const follow = Effect.gen(function* () {
   *   const uploads = yield* BulkUploads.BulkUploads
   *   yield* Stream.runForEach(uploads.changes("e136567de87e4d029e60b3c3c55db56d"), ({ status }) =>
   *     Effect.log(`Now ${status}`)
   *   )
   * })
   * ```
   */
  readonly changes: (
    sourceId: string,
    options?: Watch.Options
  ) => Stream.Stream<BulkUploadStatus, BulkUploadError>
  /**
   * Waits until the job has ended; `NotSettled`, with the last status, when `timeout` passes first. See `Watch`
   * on `since`, without which the status of the job before can be taken for this one's.
   *
   * @example
   * ```ts
   * import * as Effect from "effect/Effect"
   * import { BulkUploads } from "@sailpoint-bulk-upload/core"
   *
   * const done = Effect.gen(function* () {
   *   const uploads = yield* BulkUploads.BulkUploads
   *   return yield* uploads.awaitSettled("e136567de87e4d029e60b3c3c55db56d", {
   *     timeout: "30 minutes",
   *     onCheck: ({ status }) => Effect.log(`It is ${status}`)
   *   })
   * }).pipe(Effect.catchTag("NotSettled", ({ message }) => Effect.logWarning(message)))
   * ```
   */
  readonly awaitSettled: (
    sourceId: string,
    options: AwaitOptions
  ) => Effect.Effect<Settled, BulkUploadError | Watch.NotSettled>
}

/**
 * A status, and when SailPoint was asked for it.
 *
 * @category models
 * @since 0.1.0
 */
export interface CheckedStatus extends BulkUploadStatus {
  readonly checkedAt: DateTime.Utc
}

/**
 * How to ask for many sources.
 *
 * @category models
 * @since 0.1.0
 */
export interface ManyOptions {
  /**
   * How many calls at a time; the request budget holds in any case.
   *
   * @default 10
   */
  readonly concurrency?: number | "unbounded" | undefined
}

/**
 * How to wait for the end of a job.
 *
 * @category models
 * @since 0.1.0
 */
export interface AwaitOptions extends Watch.Options {
  /** How long to wait. */
  readonly timeout: Duration.Input
  /** Ends the wait when it completes, as if the time had passed. Default: never. */
  readonly until?: Effect.Effect<unknown> | undefined
  /** Runs on every check that showed a status, with the time at which SailPoint was asked: to report progress. */
  readonly onCheck?: ((status: BulkUploadStatus, at: DateTime.Utc) => Effect.Effect<void>) | undefined
  /** Runs on every check that failed with what can pass by itself. */
  readonly onFailedCheck?: ((error: BulkUploadError, at: DateTime.Utc) => Effect.Effect<void>) | undefined
}

/**
 * The status of a job that has ended.
 *
 * @category models
 * @since 0.1.0
 */
export type Settled = BulkUploadStatus & { readonly status: "COMPLETED" | "ERROR" }

/**
 * The service's tag, for `yield*` and for layers.
 *
 * @category services
 * @since 0.1.0
 */
export class BulkUploads extends Context.Service<BulkUploads, Service>()(
  "@sailpoint-bulk-upload/core/BulkUploads"
) {}

/**
 * What `layer` takes: the tenant, who asks, and the deadline of an attempt.
 *
 * @category models
 * @since 0.1.0
 */
export type Options = ApiClient.Options

/**
 * The service over an API client, for as long as the scope lives.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { ApiClient, BulkUploads } from "@sailpoint-bulk-upload/core"
 *
 * const statuses = (sourceIds: ReadonlyArray<string>) =>
 *   Effect.gen(function* () {
 *     const uploads = yield* BulkUploads.make
 *     return yield* uploads.statuses(sourceIds)
 *   }).pipe(Effect.scoped, Effect.provide(ApiClient.layerConfig()))
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<Service, never, ApiClient.ApiClient | Scope.Scope> = Effect.gen(
  function* () {
    const api = yield* ApiClient.ApiClient
    const route = Tenant.statusRoute(api.tenant)

    const getJson = HttpClientRequest.get("").pipe(HttpClientRequest.acceptJson)

    const checks = yield* makeChecks((sourceId, onSend) =>
      api.attempt({
        subject: { operation: "status", sourceId },
        route,
        request: HttpClientRequest.setUrl(getJson, Tenant.statusUrl(api.tenant, sourceId)),
        onSend,
        decode: (text) => Result.map(decodeBody(text), ({ status }) => ({ sourceId, status }))
      })
    )

    const ask = (sourceId: SourceId.SourceId) =>
      Effect.scoped(
        Effect.flatMap(checks(sourceId), ({ next }) =>
          api.retry(
            Effect.flatMap(next, ({ at, result }) =>
              Effect.fromResult(Result.map(result, (status) => ({ ...status, checkedAt: at })))
            )
          )
        )
      )

    const call = (name: string) => (input: string) =>
      SourceId.fromString(input).pipe(
        Effect.flatMap(ask),
        Effect.onExit((exit) =>
          Metric.update(Metric.withAttributes(Metrics.statusCalls, { outcome: Metrics.outcome(exit) }), 1)
        ),
        whereTraced(name, () => (SourceId.is(input) ? { attributes: { "sailpoint.source.id": input } } : {}))
      )

    const check = call("BulkUploads.check")
    const status = Function.flow(
      call("BulkUploads.status"),
      Effect.map(({ sourceId, status }) => ({ sourceId, status }))
    )

    /** Tells of each source when it is answered. */
    const forEachStatus = <R>(
      sourceIds: ReadonlySet<string>,
      { concurrency = 10 }: ManyOptions,
      tell: (
        sourceId: string,
        result: Result.Result<BulkUploadStatus, BulkUploadError>
      ) => Effect.Effect<unknown, never, R>
    ) =>
      Effect.forEach(
        sourceIds,
        (sourceId) => Effect.flatMap(Effect.result(status(sourceId)), (result) => tell(sourceId, result)),
        { concurrency, discard: true }
      )

    const statusesStream = (sourceIds: Iterable<string>, options: ManyOptions = {}) => {
      const given = new Set(sourceIds)
      return Stream.callback<readonly [string, Result.Result<BulkUploadStatus, BulkUploadError>]>(
        (queue) =>
          Effect.andThen(
            forEachStatus(given, options, (sourceId, result) => Queue.offer(queue, [sourceId, result])),
            Queue.end(queue)
          ),
        { bufferSize: 16 }
      )
    }

    const statuses = Effect.fn("BulkUploads.statuses")(function* (
      sourceIds: Iterable<string>,
      options: ManyOptions = {}
    ) {
      const given = Array.from(sourceIds)
      const answers = new Map<string, Result.Result<BulkUploadStatus, BulkUploadError>>()
      yield* forEachStatus(new Set(given), options, (sourceId, result) =>
        Effect.sync(() => answers.set(sourceId, result))
      )
      return given.flatMap((sourceId) => answers.get(sourceId) ?? [])
    })

    const follow = makeFollow(checks)

    const changes = (sourceId: string, options: Watch.Options = {}) =>
      SourceId.fromString(sourceId).pipe(
        Effect.flatMap((sourceId) => follow(sourceId, options)),
        Effect.map(({ look, pause }) =>
          Stream.unfold<Seen | undefined, Seen, BulkUploadError, never>(undefined, (last) =>
            Effect.flatMap(last === undefined ? Effect.succeed(true) : pause(last), (goesOn) =>
              goesOn ? Effect.map(look, (seen) => [seen, seen]) : Effect.undefined
            )
          )
        ),
        Stream.unwrap,
        Stream.filter(({ early }) => !early),
        Stream.filterMap(({ result }) => result),
        Stream.changesWith((a, b) => a.status === b.status),
        Stream.withSpan("BulkUploads.changes")
      )

    const awaitSettled = Effect.fnUntraced(function* (
      sourceId: string,
      {
        onCheck = () => Effect.void,
        onFailedCheck = () => Effect.void,
        timeout,
        until,
        ...options
      }: AwaitOptions
    ) {
      const start = yield* now
      let last: BulkUploadStatus | undefined
      let lastFailure: BulkUploadError | undefined
      let settled = false
      const id = yield* SourceId.fromString(sourceId)
      const tell = ({ at, believed, early, result }: Seen): Effect.Effect<void> => {
        if (early) return Effect.void
        lastFailure = Option.getOrUndefined(Result.getFailure(result))
        if (Result.isFailure(result)) return onFailedCheck(result.failure, at)
        last = result.success
        settled = believed
        return onCheck(result.success, at)
      }
      const waiting = Effect.gen(function* () {
        const { look, pause } = yield* follow(id, options)
        let seen: Seen
        do {
          seen = yield* look
          yield* tell(seen)
        } while (yield* pause(seen))
      }).pipe(Effect.scoped)
      yield* Effect.timeoutOption(until === undefined ? waiting : Effect.raceFirst(waiting, until), timeout)
      if (settled && last !== undefined && isSettled(last.status)) {
        return { sourceId: last.sourceId, status: last.status }
      }
      return yield* new Watch.NotSettled({
        sourceId,
        after: Duration.millis(Math.round((yield* now) - start)),
        ...(last === undefined ? {} : { status: last.status }),
        ...(lastFailure === undefined ? {} : { lastFailure })
      })
    }, whereTraced("BulkUploads.awaitSettled"))

    return BulkUploads.of({ status, check, statuses, statusesStream, changes, awaitSettled })
  }
)

const decodeResponse = decodeJson(ResponseBody)

/** A status in the form of SailPoint's values; anything else may be the answer of something in between. */
const decodeUnknown = decodeJson(
  Schema.Struct({ status: Schema.String.check(Schema.isPattern(/^[A-Z_]{1,40}$/u)) })
)

const decodeBody = (text: string): Result.Result<typeof ResponseBody.Type, Undecodable> =>
  Option.match(decodeResponse(text), {
    onNone: () =>
      Result.fail(
        Option.match(decodeUnknown(text), {
          onNone: () => ({
            reason:
              "the body is no JSON object whose status is PENDING, IN_PROGRESS, COMPLETED, ERROR or null."
          }),
          onSome: ({ status }) => ({
            reason: `the status is ${status}, a value that this version does not know.`,
            unknownStatus: status
          })
        })
      ),
    onSome: Result.succeed
  })

/**
 * The service over an API client that is shared with others.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, BulkUploads } from "@sailpoint-bulk-upload/core"
 *
 * const Live = BulkUploads.layerApiClient.pipe(
 *   Layer.provide(ApiClient.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerApiClient: Layer.Layer<BulkUploads, never, ApiClient.ApiClient> = Layer.effect(
  BulkUploads,
  make
)

/**
 * The service from options; see `ApiClient.layer`.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 * import { BulkUploads } from "@sailpoint-bulk-upload/core"
 *
 * const Live = BulkUploads.layer({
 *   baseUrl: "https://acme.api.identitynow.com",
 *   auth: { clientId: "my-client-id", clientSecret: Redacted.make("my-client-secret") },
 *   apiVersion: "v2025"
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<BulkUploads, Tenant.InvalidBaseUrl, HttpClient> =>
  Layer.provide(layerApiClient, ApiClient.layer(options))

/**
 * Makes the service from options and the environment; see `ApiClient.layerConfig`.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { BulkUploads } from "@sailpoint-bulk-upload/core"
 *
 * const Live = BulkUploads.layerConfig().pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options?: ApiClient.ConfigOptions
): Layer.Layer<BulkUploads, Config.ConfigError | InvalidSettings | Tenant.InvalidBaseUrl, HttpClient> =>
  Layer.provide(layerApiClient, ApiClient.layerConfig(options))

/**
 * The status of the newest bulk upload on a source.
 *
 * Takes the source's id, 32 hexadecimal digits or a UUID with dashes, and gives `{ sourceId, status }`, where
 * `status` is `PENDING`, `IN_PROGRESS`, `COMPLETED`, `ERROR` or null. Fails with one of `BulkUploadError`,
 * after the retries that the policy makes.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { BulkUploadStatus, getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
 *
 * const done = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d").pipe(
 *   Effect.map(({ status }) => BulkUploadStatus.isSettled(status))
 * )
 * ```
 *
 * @category accessors
 * @since 0.1.0
 */
export const getBulkUploadStatus = (
  sourceId: string
): Effect.Effect<BulkUploadStatus, BulkUploadError, BulkUploads> =>
  Effect.flatMap(BulkUploads, (service) => service.status(sourceId))
