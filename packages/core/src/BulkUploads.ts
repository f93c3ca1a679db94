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
 * const Live = BulkUploads.layerConfig.pipe(Layer.provide(FetchHttpClient.layer))
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
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as RcMap from "effect/RcMap"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { BulkUploadError } from "./BulkUploadError.ts"
import { type BulkUploadStatus, ResponseBody } from "./BulkUploadStatus.ts"
import * as ApiClient from "./internal/ApiClient.ts"
import * as Metrics from "./Metrics.ts"
import * as Settings from "./Settings.ts"
import * as SourceId from "./SourceId.ts"
import * as Tenant from "./Tenant.ts"

/**
 * The operations of the service.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /**
   * The status of the newest bulk upload on a source, asked for now. Calls for one source that overlap share
   * one request; it is interrupted, and its socket closed, when the last of them leaves.
   */
  readonly status: (sourceId: string) => Effect.Effect<BulkUploadStatus, BulkUploadError>
}

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
 * The service for one tenant and one client, for as long as the scope lives.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: Options
): Effect.Effect<Service, Tenant.InvalidBaseUrl, HttpClient | Scope.Scope> =>
  Effect.gen(function* () {
    const api = yield* ApiClient.make(options)
    const route = Tenant.statusRoute(api.tenant)

    const ask = (sourceId: SourceId.SourceId) =>
      api.request({
        subject: { operation: "status", sourceId },
        route,
        request: HttpClientRequest.get(Tenant.statusUrl(api.tenant, sourceId)).pipe(
          HttpClientRequest.acceptJson
        ),
        decode: (text) => Result.map(decodeBody(text), ({ status }) => ({ sourceId, status }))
      })

    const inFlight = yield* RcMap.make({ lookup: ask })

    const status = Effect.fn("BulkUploads.status")(
      (input: string) =>
        SourceId.fromString(input).pipe(
          Effect.tap((sourceId) => Effect.annotateCurrentSpan("sailpoint.source.id", sourceId)),
          Effect.flatMap((sourceId) => RcMap.get(inFlight, sourceId)),
          Effect.scoped
        ),
      Effect.onExit((exit) =>
        Metric.update(Metric.withAttributes(Metrics.statusCalls, { outcome: Metrics.outcome(exit) }), 1)
      )
    )

    return BulkUploads.of({ status })
  })

const decodeResponse = Schema.decodeOption(Schema.fromJsonString(ResponseBody))

const decodeBody = (text: string): Result.Result<typeof ResponseBody.Type, string> =>
  Option.match(decodeResponse(text), {
    onNone: () =>
      Result.fail(
        "the body is no JSON object whose status is PENDING, IN_PROGRESS, COMPLETED, ERROR or null."
      ),
    onSome: Result.succeed
  })

/**
 * The service from options. Retries follow `RetryPolicy.RetryPolicy`; provide `RetryPolicy.layer` to replace
 * them.
 *
 * **Gotchas**
 *
 * With `FetchHttpClient.layer`, a `FetchHttpClient.RequestInit` of your own (a proxy's dispatcher, say) has to
 * be provided to this layer: it is passed on with `redirect: "manual"`, so that no redirect carries the
 * credentials to another host.
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
  Layer.effect(BulkUploads, make(options))

/**
 * The service from the environment: `SAIL_BASE_URL`, `SAIL_CLIENT_ID` and `SAIL_CLIENT_SECRET` (or
 * `SAIL_ACCESS_TOKEN`), `SAIL_API_VERSION`, `SAIL_ALLOWED_HOSTS`; see `Settings`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<BulkUploads, Config.ConfigError | Tenant.InvalidBaseUrl, HttpClient> =
  Layer.effect(BulkUploads, Effect.flatMap(Settings.options, make))

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
