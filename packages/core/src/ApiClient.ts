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
 *   Layer.provide(ApiClient.layerConfig()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as AccessToken from "./AccessToken.ts"
import type { BulkUploadError, Unauthorized } from "./BulkUploadError.ts"
import type * as RequestBudget from "./RequestBudget.ts"
import * as RetryPolicy from "./RetryPolicy.ts"
import * as Settings from "./Settings.ts"
import * as Tenant from "./Tenant.ts"
import { budgetOf } from "./internal/budgetOf.ts"
import { countRetry, CurrentPolicy } from "./internal/retry.ts"
import { type Call, makeSend } from "./internal/send.ts"
import { fromClientCredentials, fromStatic } from "./internal/tokens.ts"
import { toConfig } from "./internal/toConfig.ts"
import { makeUnderLimit } from "./internal/underLimit.ts"

export type { Call, Subject } from "./internal/send.ts"

/**
 * Everything that shapes a client. Nothing else does: neither the order of layers nor their memoization changes what
 * a client uses.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Tenant.Options {
  /** The credentials, or an access token. */
  readonly auth: AccessToken.Auth
  /**
   * The deadline of every attempt, from sending to decoded. Waiting for a token, for a slot in the rate limit or
   * between tries does not count.
   *
   * @default "10 seconds"
   */
  readonly attemptTimeout?: Duration.Input | undefined
  /**
   * When a failed request is sent again. `RetryPolicy.withPolicy` overrides it for one call or a whole program.
   *
   * @default RetryPolicy.make()
   */
  readonly retryPolicy?: RetryPolicy.Policy | undefined
  /**
   * The rate limit. Numbers make a limit that all clients of this process with the same `requests` and `per`,
   * tenant, client ID and API version share; a value from `RequestBudget.make` or `SharedBudget.make` is shared by the clients it is
   * given to.
   *
   * @default SailPoint's documented limit: 100 requests in 10 seconds
   */
  readonly requestBudget?: RequestBudget.RequestBudget | RequestBudget.Options | undefined
  /**
   * Wraps the HTTP client: for headers, a proxy's `FetchHttpClient.RequestInit`, or a recorder.
   *
   * **Gotchas**
   *
   * The deadline, the rate limit and the retry policy apply around it, so a wrapper that sends more than one request
   * exceeds the rate limit.
   */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
}

/**
 * The same options for `layerConfig`, each a plain value or a `Config`; unset ones come from the environment.
 *
 * @category models
 * @since 0.1.0
 */
export type ConfigOptions = {
  readonly [Name in keyof Options]?: Options[Name] | Config.Config<Options[Name]> | undefined
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
  /** Sends a request once, and once more with a new token if SailPoint refuses the token. */
  readonly attempt: <A>(call: Call<A>) => Effect.Effect<A, BulkUploadError>
  /** Runs an attempt again as long as the retry policy says. */
  readonly retry: <A>(attempt: Effect.Effect<A, BulkUploadError>) => Effect.Effect<A, BulkUploadError>
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
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Redacted from "effect/Redacted"
 * import { ApiClient } from "@sailpoint-bulk-upload/core"
 *
 * const ownTenant = Effect.gen(function* () {
 *   const api = yield* ApiClient.make({
 *     baseUrl: "https://acme.api.identitynow.com",
 *     auth: { clientId: "my-client-id", clientSecret: Redacted.make("my-client-secret") }
 *   })
 *   return api.tenant.origin
 * }).pipe(Effect.provide(FetchHttpClient.layer))
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: Options
): Effect.Effect<Service, Tenant.InvalidBaseUrl, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const tenant = yield* Tenant.make(options)
    const defaultPolicy = options.retryPolicy ?? RetryPolicy.make()
    const deadline = Duration.max(
      Duration.zero,
      Duration.fromInputUnsafe(options.attemptTimeout ?? "10 seconds")
    )
    const send = yield* makeSend({ host: tenant.host, transformClient: options.transformClient, deadline })
    const limited = makeUnderLimit(budgetOf(options.requestBudget).spend, deadline)
    const who = `${tenant.origin} ${yield* identity(options.auth)}`
    const tokens =
      "accessToken" in options.auth
        ? fromStatic(options.auth.accessToken)
        : yield* fromClientCredentials(tenant, options.auth, send, (request) =>
            limited(`${who} token`)(
              { operation: "token" },
              { prepare: Effect.void, isReady: () => true, send: () => request }
            )
          )
    const limitedCall = limited(`${who} ${tenant.apiVersion}`)

    const sendOnce = <A>(call: Call<A>): Effect.Effect<A, BulkUploadError | Refused> =>
      limitedCall(call.subject, {
        prepare: tokens.current,
        isReady: tokens.isCurrent,
        send: (token) =>
          send({
            ...call,
            request: HttpClientRequest.bearerToken(call.request, token),
            secrets: [token]
          }).pipe(Effect.catchTag("Unauthorized", (unauthorized) => new Refused({ token, unauthorized })))
      })

    /** A refused token is renewed once, where it can be. */
    const sendRenewing = <A>(call: Call<A>): Effect.Effect<A, BulkUploadError> =>
      sendOnce(call).pipe(
        Effect.catchTag("Refused", ({ token, unauthorized }) =>
          Effect.flatMap(tokens.refused(token), (renewable) => (renewable ? sendOnce(call) : unauthorized))
        ),
        Effect.catchTag("Refused", ({ unauthorized }) => unauthorized)
      )

    const policyInForce = Effect.map(CurrentPolicy, (policy) => policy ?? defaultPolicy)

    return {
      tenant,
      accessToken: { get: Effect.flatMap(policyInForce, tokens.retried), refused: tokens.refused },
      attempt: (call) => Effect.andThen(countRetry, sendRenewing(call)),
      // The first token is fetched outside, so that callers share its retries.
      retry: (attempt) =>
        Effect.flatMap(policyInForce, (policy) =>
          Effect.andThen(tokens.retried(policy), Effect.retry(attempt, policy))
        )
    }
  })

/** SailPoint refused this very token. */
class Refused extends Data.TaggedError("Refused")<{
  readonly token: Redacted.Redacted<string>
  readonly unauthorized: Unauthorized
}> {}

/**
 * Makes the client from options.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import * as Redacted from "effect/Redacted"
 * import { ApiClient } from "@sailpoint-bulk-upload/core"
 *
 * const Live = ApiClient.layer({
 *   baseUrl: "https://acme.api.identitynow.com",
 *   auth: { clientId: "my-client-id", clientSecret: Redacted.make("my-client-secret") },
 *   attemptTimeout: "5 seconds"
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options
): Layer.Layer<ApiClient, Tenant.InvalidBaseUrl, HttpClient.HttpClient> =>
  Layer.effect(ApiClient, make(options))

/**
 * Makes the client from options and, where one is not given, from the environment; see `Settings` for the variables.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, RetryPolicy } from "@sailpoint-bulk-upload/core"
 *
 * const Live = ApiClient.layerConfig({
 *   attemptTimeout: Config.Duration("STATUS_TIMEOUT"),
 *   retryPolicy: RetryPolicy.none
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options: ConfigOptions = {}
): Layer.Layer<
  ApiClient,
  Config.ConfigError | Settings.InvalidSettings | Tenant.InvalidBaseUrl,
  HttpClient.HttpClient
> =>
  Layer.effect(
    ApiClient,
    Effect.gen(function* () {
      const given = yield* Config.all({
        baseUrl: toConfig(options.baseUrl),
        apiVersion: toConfig(options.apiVersion),
        allowedHosts: toConfig(options.allowedHosts),
        auth: toConfig(options.auth),
        attemptTimeout: toConfig(options.attemptTimeout),
        retryPolicy: toConfig(options.retryPolicy),
        requestBudget: toConfig(options.requestBudget),
        transformClient: toConfig(options.transformClient)
      })
      const settings = yield* Settings.read(given)
      return yield* make({
        ...given,
        ...settings,
        requestBudget: given.requestBudget ?? settings.requestBudget
      })
    })
  )

/** Whose limit it is. A token is told apart by its digest, because keys are stored in Redis and must not hold a secret. */
const identity = (auth: AccessToken.Auth): Effect.Effect<string> =>
  "clientId" in auth
    ? Effect.succeed(auth.clientId)
    : Effect.map(
        Effect.promise(() =>
          crypto.subtle.digest("SHA-256", new TextEncoder().encode(Redacted.value(auth.accessToken).trim()))
        ),
        (digest) => `token#${Hex.encode(new Uint8Array(digest))}`
      )
