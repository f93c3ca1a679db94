/**
 * Authorised requests to one tenant: the token fetched and put on, renewed once when it is refused, each
 * request inside the budget, and the whole retried as the policy says.
 *
 * `BulkUploads` and `NonEmployeeSources` are built on it; a program that uses both gives them one, so that
 * they share its token:
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, BulkUploads, NonEmployeeSources } from "@sailpoint-bulk-upload/core"
 *
 * const Live = Layer.mergeAll(BulkUploads.layerApiClient, NonEmployeeSources.layerApiClient).pipe(
 *   Layer.provide(ApiClient.layerConfig),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as AccessToken from "./AccessToken.ts"
import { type BulkUploadError, RateLimited } from "./BulkUploadError.ts"
import * as Metrics from "./Metrics.ts"
import { RequestBudget } from "./RequestBudget.ts"
import { RetryPolicy } from "./RetryPolicy.ts"
import * as Settings from "./Settings.ts"
import * as Tenant from "./Tenant.ts"
import { type Call, makeSend } from "./internal/send.ts"

/**
 * The tenant, who asks, and the deadline of an attempt.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Tenant.Options {
  /** Who asks: see `AccessToken.Auth`. */
  readonly auth: AccessToken.Auth
  /**
   * The deadline of every attempt, from sending to decoded; waiting for a token, for
   * a place in the budget or between tries is not in it.
   *
   * @default "10 seconds"
   */
  readonly attemptTimeout?: Duration.Input | undefined
}

/**
 * The operations of the client.
 *
 * @category models
 * @since 0.1.0
 */
export interface Service {
  readonly tenant: Tenant.Tenant
  /** The tokens that requests are authorised with. */
  readonly accessToken: AccessToken.AccessToken
  /** Sends a request once (and once more with a new token, when the token is refused). */
  readonly attempt: <A>(call: Call<A>) => Effect.Effect<A, BulkUploadError>
  /** Sends a request until it is answered or given up, and gives what is in the answer. */
  readonly request: <A>(call: Call<A>) => Effect.Effect<A, BulkUploadError>
}

/**
 * The client's tag.
 *
 * @category services
 * @since 0.1.0
 */
export class ApiClient extends Context.Service<ApiClient, Service>()(
  "@sailpoint-bulk-upload/core/ApiClient"
) {}

/**
 * The client for one tenant and one client id (or token).
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<Service, Tenant.InvalidBaseUrl, HttpClient> =>
  Effect.gen(function* () {
    const tenant = yield* Tenant.make(options)
    const policy = yield* RetryPolicy
    const send = yield* makeSend({
      host: tenant.host,
      deadline: Duration.fromInputUnsafe(options.attemptTimeout ?? "10 seconds")
    })
    const accessToken =
      "accessToken" in options.auth
        ? AccessToken.fromStatic(options.auth.accessToken)
        : yield* AccessToken.fromClientCredentials(tenant, options.auth, send)

    const budget = yield* RequestBudget
    const key = `${tenant.origin} ${identity(options.auth)} ${tenant.apiVersion}`
    const spend = budget.spend(key)
    const pauseIfLimited = (error: BulkUploadError) =>
      error._tag === "RateLimited" && error.retryAfter !== undefined
        ? budget.pause(key, error.retryAfter)
        : Effect.void

    const sendWith = <A>(call: Call<A>, token: Redacted.Redacted<string>) =>
      send({ ...call, request: HttpClientRequest.bearerToken(call.request, token) }).pipe(
        Effect.tapError(pauseIfLimited),
        spend,
        Effect.catchTag(
          "LimitPaused",
          ({ remaining }) => new RateLimited({ ...call.subject, retryAfter: remaining, attempts: 0 })
        )
      )

    const attempt = <A>(call: Call<A>) =>
      Effect.flatMap(accessToken.get, (token) =>
        Effect.catchTag(sendWith(call, token), "Unauthorized", (unauthorized) =>
          Effect.flatMap(accessToken.refused(token), (renewable) =>
            renewable
              ? Effect.flatMap(accessToken.get, (renewed) => sendWith(call, renewed))
              : Effect.fail(unauthorized)
          )
        )
      )

    return {
      tenant,
      accessToken,
      attempt,
      request: (call) => tellRetry.pipe(Effect.andThen(attempt(call)), Effect.retry(policy))
    }
  })

/**
 * The client from options. Retries follow `RetryPolicy.RetryPolicy`, the limit `RequestBudget.RequestBudget`;
 * provide `RetryPolicy.layer` or `RequestBudget.layer` to replace them.
 *
 * **Gotchas**
 *
 * With `FetchHttpClient.layer`, a `FetchHttpClient.RequestInit` of your own (a proxy's dispatcher, say) has to
 * be provided to this layer: it is passed on with `redirect: "manual"`, so that no redirect carries the
 * credentials to another host.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<ApiClient, Tenant.InvalidBaseUrl, HttpClient> =>
  Layer.effect(ApiClient, make(options))

/**
 * The client from the environment: `SAIL_BASE_URL`, `SAIL_CLIENT_ID` and `SAIL_CLIENT_SECRET` (or
 * `SAIL_ACCESS_TOKEN`), `SAIL_API_VERSION`, `SAIL_ALLOWED_HOSTS`; see `Settings`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<ApiClient, Config.ConfigError | Tenant.InvalidBaseUrl, HttpClient> =
  Layer.effect(ApiClient, Effect.flatMap(Settings.options, make))

/** Who a limit is for. A token is told apart by a hash: a key must not hold a secret. */
const identity = (auth: AccessToken.Auth): string =>
  "clientId" in auth ? auth.clientId : `token#${Hash.string(Redacted.value(auth.accessToken))}`

/** Before each try but the first: one retry more in the metrics, and a line for who debugs. */
const tellRetry: Effect.Effect<void> = Effect.flatMap(
  Schedule.CurrentMetadata,
  ({ attempt, duration, input }) => {
    if (attempt === 0) return Effect.void
    const error = input as BulkUploadError
    return Metric.update(Metric.withAttributes(Metrics.retries, { reason: error._tag }), 1).pipe(
      Effect.andThen(
        Effect.logDebug(
          `Trying again (retry ${attempt}) after ${Duration.format(duration)}: ${error.summary}`
        )
      )
    )
  }
)
