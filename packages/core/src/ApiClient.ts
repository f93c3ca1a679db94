/**
 * One client for several services: they share its access token, its rate limit and its retry policy.
 *
 * A fetched access token is kept for its lifetime less 10 % (at most 60 s), because a personal access token can live for
 * only 15 s. All callers share one token request. A token that SailPoint refuses is dropped, and the request is sent once
 * more with a new one.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, BulkUploads, NonEmployeeSources } from "@sailpoint-bulk-upload/core"
 *
 * const Live = Layer.mergeAll(BulkUploads.layerApiClient, NonEmployeeSources.layerApiClient).pipe(
 *   Layer.provide(ApiClient.layerConfig({ attemptTimeout: Config.Duration("STATUS_TIMEOUT") })),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { BulkUploadError } from "./BulkUploadError.ts"
import type * as RequestBudget from "./RequestBudget.ts"
import * as RetryPolicy from "./RetryPolicy.ts"
import * as Settings from "./Settings.ts"
import { ApiClient, type Service } from "./internal/apiClient.ts"
import { countRetry, CurrentPolicy } from "./internal/retry.ts"
import { type Call, makeSend } from "./internal/send.ts"
import * as Tenant from "./internal/tenant.ts"
import { type Auth, fromClientCredentials, fromStatic, readSecret } from "./internal/tokens.ts"
import { makeUnderLimit } from "./internal/underLimit.ts"

export type { ApiClient } from "./internal/apiClient.ts"
export { InvalidBaseUrl } from "./internal/tenant.ts"

/**
 * All options of a client. The order of layers and their memoization never change which options a client uses.
 */
export interface Options extends Tenant.Options {
  /**
   * Client credentials, with which access tokens are fetched and renewed, or an access token, which is never renewed.
   * A secret can be an effect that reads the current one, so that it can be replaced while the program runs: a client
   * secret is read for every token request, an access token again when SailPoint has refused it.
   */
  readonly auth: Auth
  /**
   * The deadline of every attempt, from sending to the whole answer. Waiting for a token, for a slot in the rate limit or
   * between tries does not count. Default: 10 seconds.
   */
  readonly attemptTimeout?: Duration.Input | undefined
  /**
   * When a failed request is sent again. `RetryPolicy.withPolicy` overrides it for one call or a whole program.
   * Default: `RetryPolicy.make()`.
   */
  readonly retryPolicy?: RetryPolicy.Policy | undefined
  /**
   * The rate limit. Numbers make a limit that all clients of this process with the same `requests` and `per`, tenant,
   * client ID and API version share; a value from `RequestBudget.make` or `SharedBudget.make` is shared by the clients
   * that it is given to. Default: 100 requests in 10 seconds, SailPoint's documented limit.
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

/** The same options, each a plain value or a `Config`; unset ones come from the environment. */
export type ConfigOptions = {
  readonly [Name in keyof Options]?: Options[Name] | Config.Config<Options[Name]> | undefined
}

const make = (options: Options): Effect.Effect<Service, Tenant.InvalidBaseUrl, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const tenant = yield* Tenant.make(options)
    const defaultPolicy = options.retryPolicy ?? RetryPolicy.make()
    const deadline = Duration.max(
      Duration.zero,
      Duration.fromInputUnsafe(options.attemptTimeout ?? "10 seconds")
    )
    const send = yield* makeSend({ host: tenant.host, transformClient: options.transformClient, deadline })
    const limited = makeUnderLimit(options.requestBudget, deadline)
    const client = `${tenant.origin} ${yield* identity(options.auth)}`
    const tokens =
      "accessToken" in options.auth
        ? fromStatic(options.auth.accessToken)
        : yield* fromClientCredentials(tenant, options.auth, send, (request) =>
            limited(`${client} token`)(
              { operation: "token" },
              { prepare: Effect.void, isReady: () => true, send: () => request }
            )
          )
    const limitedCall = limited(`${client} ${tenant.apiVersion}`)

    const attempt = <A>(call: Call<A>): Effect.Effect<A, BulkUploadError> =>
      Effect.suspend(() => {
        let sent: Redacted.Redacted | undefined
        const once = limitedCall(call.subject, {
          prepare: tokens.current,
          isReady: tokens.isCurrent,
          send: (token) => {
            sent = token
            const request = HttpClientRequest.bearerToken(call.request, token)
            return send({ ...call, request, secrets: [token] })
          }
        })
        return Effect.catchTag(once, "Unauthorized", (unauthorized) =>
          Effect.flatMap(
            sent === undefined ? Effect.succeed(false) : tokens.refused(sent),
            (isRenewable): Effect.Effect<A, BulkUploadError> => (isRenewable ? once : unauthorized)
          )
        )
      })

    const policyInForce = Effect.map(CurrentPolicy, (policy) => policy ?? defaultPolicy)

    return {
      tenant,
      accessToken: { get: Effect.flatMap(policyInForce, tokens.retried), refused: tokens.refused },
      attempt: (call) => Effect.andThen(countRetry, attempt(call)),
      // The first token is fetched before the attempts, so that callers share its retries.
      retry: (self) =>
        Effect.flatMap(policyInForce, (policy) =>
          Effect.andThen(tokens.retried(policy), Effect.retry(self, policy))
        )
    }
  })

/** Makes the client from options. */
export const layer = (
  options: Options
): Layer.Layer<ApiClient, Tenant.InvalidBaseUrl, HttpClient.HttpClient> =>
  Layer.effect(ApiClient, make(options))

/** Makes the client from options and, where one is unset, from the environment; see `Settings` for the variables. */
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
      } satisfies { readonly [Name in keyof Required<Options>]: Config.Config<unknown> })
      const settings = yield* Settings.read(given)
      return yield* make({
        ...given,
        ...settings,
        requestBudget: given.requestBudget ?? settings.requestBudget
      })
    })
  )

const toConfig = <A>(value: A | Config.Config<A>): Config.Config<A> =>
  isConfig(value) ? value : Config.succeed(value)

const isConfig = <A>(value: A | Config.Config<A>): value is Config.Config<A> => Config.isConfig(value)

/** Identifies the client to the rate limit. Keys are stored in Redis, so they contain a token's digest, not the token. */
const identity = (auth: Auth): Effect.Effect<string> =>
  "clientId" in auth
    ? Effect.succeed(auth.clientId)
    : Effect.map(
        Effect.flatMap(readSecret(auth.accessToken), (token) =>
          Effect.promise(() =>
            crypto.subtle.digest("SHA-256", new TextEncoder().encode(Redacted.value(token).trim()))
          )
        ),
        (digest) => `token#${Hex.encode(new Uint8Array(digest))}`
      )
