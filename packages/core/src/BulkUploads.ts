/**
 * The status of the newest non-employee bulk upload on a source: once, for many sources, or until the job has ended.
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
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as ApiClient from "./ApiClient.ts"
import type { BulkUploadError } from "./BulkUploadError.ts"
import { type BulkUploadStatus, isSettled } from "./BulkUploadStatus.ts"
import { ApiClient as Client } from "./internal/apiClient.ts"
import { makeChecks } from "./internal/checks.ts"
import { makeFollow, type Seen } from "./internal/follow.ts"
import { now } from "./internal/monotonicClock.ts"
import { outcome } from "./internal/outcome.ts"
import { decodeStatus } from "./internal/statusBody.ts"
import { route } from "./internal/tenant.ts"
import { whereTraced } from "./internal/whereTraced.ts"
import * as Metrics from "./Metrics.ts"
import type { InvalidSettings } from "./Settings.ts"
import * as SourceId from "./SourceId.ts"
import * as Watch from "./Watch.ts"

/** The operations of the service. */
export interface Service {
  /**
   * Returns the status of the newest bulk upload on a source, requested after the call. Calls for one source share
   * a request that has not been sent yet. If all of them are interrupted, so is the request, and its socket is closed.
   */
  readonly status: (sourceId: string) => Effect.Effect<BulkUploadStatus, BulkUploadError>
  /** Like `status`, but adds the time of the request, which is never before the call. */
  readonly check: (
    sourceId: string
  ) => Effect.Effect<BulkUploadStatus & { readonly checkedAt: DateTime.Utc }, BulkUploadError>
  /**
   * Returns the statuses of many sources in the given order, each with its own success or failure. A source that is
   * given twice is requested once.
   *
   * @example
   * ```ts
   * import * as Effect from "effect/Effect"
   * import * as Result from "effect/Result"
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
  /** Like `statuses`, but emits each result as it arrives, with the given ID. */
  readonly statusesStream: (
    sourceIds: Iterable<string>,
    options?: ManyOptions
  ) => Stream.Stream<readonly [sourceId: string, status: Result.Result<BulkUploadStatus, BulkUploadError>]>
  /**
   * Emits the current status, and then each change, until the job has ended. Retryable failures do not end the stream,
   * unless SailPoint asks for a wait above `maxRetryAfter`.
   * Followers of one source share its checks; see `Watch`.
   */
  readonly changes: (
    sourceId: string,
    options?: Watch.Options
  ) => Stream.Stream<BulkUploadStatus, BulkUploadError>
  /**
   * Waits until the job has ended. Fails with `NotSettled`, which has the last status, if `timeout` passes first.
   *
   * **Gotchas**
   *
   * Without `since`, the status of the job before can be returned; see `Watch`.
   */
  readonly awaitSettled: (
    sourceId: string,
    options: AwaitOptions
  ) => Effect.Effect<
    BulkUploadStatus & { readonly status: "COMPLETED" | "ERROR" },
    BulkUploadError | Watch.NotSettled
  >
}

interface ManyOptions {
  /** The number of concurrent calls. The rate limit applies in any case. Default: 10. */
  readonly concurrency?: number | "unbounded" | undefined
}

/** How to wait for the end of a job. */
export interface AwaitOptions extends Watch.Options {
  /** The longest wait. */
  readonly timeout: Duration.Input
  /** Ends the wait when it completes, as if `timeout` had passed. Default: never. */
  readonly until?: Effect.Effect<unknown> | undefined
  /** Runs on every check that returned a status, with the time of the request: to report progress. */
  readonly onCheck?: ((status: BulkUploadStatus, at: DateTime.Utc) => Effect.Effect<void>) | undefined
  /** Runs on every check that failed with a retryable error. */
  readonly onFailedCheck?: ((error: BulkUploadError, at: DateTime.Utc) => Effect.Effect<void>) | undefined
}

/** The service's tag, for `yield*` and for layers. */
export class BulkUploads extends Context.Service<BulkUploads, Service>()(
  "@sailpoint-bulk-upload/core/BulkUploads"
) {}

const make = Effect.gen(function* () {
  const api = yield* Client
  const template = route(api.tenant, "/{id}/non-employee-bulk-upload/status")
  const getJson = HttpClientRequest.get("").pipe(HttpClientRequest.acceptJson)

  const checks = yield* makeChecks((sourceId, onSend) =>
    api.attempt({
      subject: { operation: "status", sourceId },
      route: template,
      request: HttpClientRequest.setUrl(getJson, `${api.tenant.origin}${template.replace("{id}", sourceId)}`),
      onSend,
      decode: (text) => Result.map(decodeStatus(text), (status) => ({ sourceId, status }))
    })
  )

  const request = (sourceId: SourceId.SourceId) =>
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
      Effect.flatMap(request),
      Effect.onExit((exit) =>
        Metric.update(Metric.withAttributes(Metrics.statusCalls, { outcome: outcome(exit) }), 1)
      ),
      whereTraced(name, () => (SourceId.is(input) ? { attributes: { "sailpoint.source.id": input } } : {}))
    )

  const check = call("BulkUploads.check")
  const status = Function.flow(
    call("BulkUploads.status"),
    Effect.map(({ sourceId, status }) => ({ sourceId, status }))
  )

  const each = (sourceId: string) =>
    Effect.map(Effect.result(status(sourceId)), (result) => [sourceId, result] as const)

  const statusesStream = (sourceIds: Iterable<string>, { concurrency = 10 }: ManyOptions = {}) =>
    Stream.fromIterable(new Set(sourceIds)).pipe(Stream.mapEffect(each, { concurrency, unordered: true }))

  const statuses = Effect.fn("BulkUploads.statuses")(function* (
    sourceIds: Iterable<string>,
    { concurrency = 10 }: ManyOptions = {}
  ) {
    const given = Array.from(sourceIds)
    const answers = new Map(yield* Effect.forEach(new Set(given), each, { concurrency }))
    return given.flatMap((sourceId) => answers.get(sourceId) ?? [])
  })

  const follow = makeFollow(checks)

  const changes = (sourceId: string, options: Watch.Options = {}) =>
    SourceId.fromString(sourceId).pipe(
      Effect.flatMap((sourceId) => follow(sourceId, options)),
      Effect.map(({ check, pause }) =>
        Stream.unfold<Seen | undefined, Seen, BulkUploadError, never>(undefined, (last) =>
          Effect.flatMap(last === undefined ? Effect.succeed(true) : pause(last), (isNext) =>
            isNext ? Effect.map(check, (seen) => [seen, seen]) : Effect.undefined
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
    const observe = ({ at, believed, early, result }: Seen): Effect.Effect<void> => {
      if (early) return Effect.void
      lastFailure = Option.getOrUndefined(Result.getFailure(result))
      if (Result.isFailure(result)) return onFailedCheck(result.failure, at)
      last = result.success
      settled = believed
      return onCheck(result.success, at)
    }
    const waiting = Effect.gen(function* () {
      const { check, pause } = yield* follow(id, options)
      let seen: Seen
      do {
        seen = yield* check
        yield* observe(seen)
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
})

/** Makes the service over an API client that it shares with other services; see `ApiClient`. */
export const layerApiClient: Layer.Layer<BulkUploads, never, ApiClient.ApiClient> = Layer.effect(
  BulkUploads,
  make
)

/**
 * Makes the service from options.
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
 */
export const layer = (
  options: ApiClient.Options
): Layer.Layer<BulkUploads, ApiClient.InvalidBaseUrl, HttpClient> =>
  Layer.provide(layerApiClient, ApiClient.layer(options))

/** Makes the service from options and, where one is unset, from the environment; see `Settings`. */
export const layerConfig = (
  options?: ApiClient.ConfigOptions
): Layer.Layer<BulkUploads, Config.ConfigError | InvalidSettings | ApiClient.InvalidBaseUrl, HttpClient> =>
  Layer.provide(layerApiClient, ApiClient.layerConfig(options))

/**
 * Returns the status of the newest bulk upload on a source.
 *
 * Accepts the source's ID, 32 hexadecimal digits or a UUID with dashes, and returns `{ sourceId, status }`, where
 * `status` is `PENDING`, `IN_PROGRESS`, `COMPLETED`, `ERROR` or null. Fails with a `BulkUploadError` after the retries
 * of the policy.
 */
export const getBulkUploadStatus = (
  sourceId: string
): Effect.Effect<BulkUploadStatus, BulkUploadError, BulkUploads> =>
  Effect.flatMap(BulkUploads, (service) => service.status(sourceId))
