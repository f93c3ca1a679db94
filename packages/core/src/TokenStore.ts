/**
 * Where fetched access tokens are kept beside the memory of this process: nowhere, unless a layer says so.
 * `SharedToken` keeps them in Redis.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"

/**
 * A fetched token, and how long it may be kept, from now.
 *
 * @category models
 * @since 0.1.0
 */
export interface Grant {
  readonly token: Redacted.Redacted<string>
  readonly keepFor: Duration.Duration
}

/**
 * Whose token it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Owner {
  /** The tenant's scheme and host. */
  readonly origin: string
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted<string>
}

/**
 * A place where tokens are kept.
 *
 * @category models
 * @since 0.1.0
 */
export interface TokenStore {
  /**
   * A token that is kept there, or, where there is none, a fetched one, which is kept from then on. Never the
   * one that SailPoint refused: where that is kept it is dropped.
   */
  readonly share: <E>(
    owner: Owner,
    refused: Redacted.Redacted<string> | undefined,
    fetch: Effect.Effect<Grant, E>
  ) => Effect.Effect<Grant, E>
}

/**
 * The store in force where an API client is built; it keeps nothing unless a layer replaces it.
 *
 * @category references
 * @since 0.1.0
 */
export const TokenStore: Context.Reference<TokenStore> = Context.Reference<TokenStore>(
  "@sailpoint-bulk-upload/core/TokenStore",
  { defaultValue: () => ({ share: (_owner, _refused, fetch) => fetch }) }
)

/**
 * Replaces the store of the layers it is provided to.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, TokenStore } from "@sailpoint-bulk-upload/core"
 *
 * // Tells of each token that is fetched, and keeps none.
 * const told: TokenStore.TokenStore = {
 *   share: (owner, _refused, fetch) => Effect.tap(fetch, () => Effect.log("A token for", owner.clientId))
 * }
 *
 * const Live = Layer.provide(ApiClient.layerConfig, TokenStore.layer(told))
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (store: TokenStore): Layer.Layer<never> => Layer.succeed(TokenStore, store)
