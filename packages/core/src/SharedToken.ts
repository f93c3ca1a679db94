/**
 * One access token for several processes, in Redis: fetched by one of them while the others wait for it, and
 * dropped for all once SailPoint refuses it.
 *
 * In Redis the token is encrypted with a key derived from the client secret, under a name derived from it
 * too. Who reads Redis learns no token, and who writes to it cannot slip one in. An entry ends by itself
 * before the token does. Processes with another secret for the same client id, as in the middle of a
 * rotation, have an entry of their own.
 *
 * A process also keeps the token in its memory, so Redis is asked only when that one is used up or refused. While
 * Redis does not answer, each process fetches its own; see `Replicas`.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Seal from "./internal/seal.ts"
import * as Scripts from "./internal/tokenScripts.ts"
import { keyPrefix, Replicas } from "./Replicas.ts"
import * as TokenStore from "./TokenStore.ts"

/**
 * Longer than fetching a token takes at the most. After it the lock of who was killed while fetching is gone,
 * and nobody waits any longer for somebody else's token.
 */
const FETCHED_WITHIN = Duration.seconds(12)

/** How often who waits for somebody else's token looks for it. */
const LOOK_EVERY = Duration.millis(100)

/**
 * The store of all processes on the same Redis.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import { ApiClient, SharedToken, TokenStore } from "@sailpoint-bulk-upload/core"
 *
 * const Live = Layer.provide(
 *   ApiClient.layerConfig,
 *   Layer.unwrap(Effect.map(SharedToken.make, TokenStore.layer))
 * )
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<TokenStore.TokenStore, never, Replicas> = Effect.map(
  Replicas,
  ({ inBackground, run }): TokenStore.TokenStore => {
    const [claim, keep, unlock] = [run(Scripts.claim), run(Scripts.keep), run(Scripts.unlock)]

    /** The token that is kept, once nobody is about to replace it; nothing when it is for this process to fetch. */
    const find = (
      keys: Scripts.Keys,
      seal: Seal.Seal,
      mine: { readonly refused: string; readonly id: string }
    ): Effect.Effect<TokenStore.Grant | undefined> =>
      Effect.flatMap(claim(keys, { ...mine, lockMillis: Duration.toMillis(FETCHED_WITHIN) }), (answer) => {
        // Redis does not answer: every process for itself.
        if (Option.isNone(answer)) return Effect.undefined
        const [outcome, sealed, keepMillis] = answer.value
        if (outcome === "locked") return Effect.undefined
        if (outcome === "busy") return Effect.delay(find(keys, seal, mine), LOOK_EVERY)
        // What cannot be opened was not put there by a replica, and is overwritten.
        return Effect.map(seal.open(sealed), (token) =>
          Option.isSome(token) ? { token: token.value, keepFor: Duration.millis(keepMillis) } : undefined
        )
      })

    return {
      share: (owner, refused, fetch) =>
        Effect.gen(function* () {
          const seal = yield* Seal.make(owner.clientSecret, `${owner.origin} ${owner.clientId}`)
          const keys = keysOf(seal.name)
          const id = crypto.randomUUID()
          const found = yield* find(keys, seal, { refused: yield* marked(seal, refused), id }).pipe(
            Effect.timeoutOrElse({ duration: FETCHED_WITHIN, orElse: () => Effect.undefined }),
            Effect.onInterrupt(() => inBackground(unlock(keys, id)))
          )
          if (found !== undefined) return found
          const { keepFor, token } = yield* Effect.onExit(fetch, (exit) =>
            Exit.isSuccess(exit) ? Effect.void : inBackground(unlock(keys, id))
          )
          yield* keep(keys, {
            id,
            fingerprint: yield* seal.fingerprint(token),
            sealed: yield* seal.seal(token),
            keepMillis: Duration.toMillis(keepFor)
          })
          return { keepFor, token }
        })
    }
  }
)

const marked = (seal: Seal.Seal, refused: Redacted.Redacted<string> | undefined): Effect.Effect<string> =>
  refused === undefined ? Effect.succeed("") : seal.fingerprint(refused)

/** In braces what a Redis cluster places keys by, so that the two lie on one node. */
const keysOf = (name: string): Scripts.Keys => ({
  token: `${keyPrefix}token:{${name}}`,
  lock: `${keyPrefix}token:{${name}}:lock`
})

/**
 * Shares the tokens of the API clients that it is provided to.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import { BulkUploads, Replicas, SharedToken } from "@sailpoint-bulk-upload/core"
 *
 * const together = BulkUploads.layerConfig.pipe(
 *   Layer.provide(SharedToken.layer),
 *   Layer.provide(Replicas.layer)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never, never, Replicas> = Layer.effect(TokenStore.TokenStore, make)
