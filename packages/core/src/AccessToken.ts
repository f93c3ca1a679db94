/**
 * Who asks, and the access token that goes with every request: given once, or fetched with client credentials,
 * kept, and renewed in time.
 *
 * A fetched token is kept for its lifetime less `min(60 s, 10 %)`: a personal access token can live as short
 * as 15 s, where a fixed margin would fetch one for every call. However many callers need a token, one
 * request is made; a token that SailPoint refuses is dropped once, and only while it is still the kept one.
 *
 * @example
 * ```ts
 * import * as Redacted from "effect/Redacted"
 * import type { AccessToken } from "@sailpoint-bulk-upload/core"
 *
 * const auth: AccessToken.Auth = { clientId: "my-client-id", clientSecret: Redacted.make("my-client-secret") }
 * ```
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { BulkUploadError } from "./BulkUploadError.ts"

/**
 * How to authenticate: a token that was made elsewhere (it is never renewed), or the client id and secret of
 * a personal access token or API client.
 *
 * @category models
 * @since 0.1.0
 */
export type Auth =
  | { readonly accessToken: Redacted.Redacted<string> }
  | { readonly clientId: string; readonly clientSecret: Redacted.Redacted<string> }

/**
 * A source of access tokens.
 *
 * @category models
 * @since 0.1.0
 */
export interface AccessToken {
  /** The token to send now; fetched, or renewed, when that is needed. */
  readonly get: Effect.Effect<Redacted.Redacted<string>, BulkUploadError>
  /**
   * Says that SailPoint refused this token. True when `get` can give another one.
   */
  readonly refused: (token: Redacted.Redacted<string>) => Effect.Effect<boolean>
}
