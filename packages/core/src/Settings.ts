/**
 * The options from the environment, under the names that SailPoint's own SDKs and command line use.
 *
 * | variable | what it is |
 * |---|---|
 * | `SAIL_BASE_URL` | the API host, `https://{tenant}.api.identitynow.com` |
 * | `SAIL_CLIENT_ID`, `SAIL_CLIENT_SECRET` | client credentials; tokens are fetched and renewed |
 * | `SAIL_ACCESS_TOKEN` | a token made elsewhere, instead of the two; never renewed |
 * | `SAIL_API_VERSION` | `v2024` unless set |
 * | `SAIL_ALLOWED_HOSTS` | hosts outside SailPoint's domains that may get the secret, separated by commas |
 *
 * An empty variable counts as one that is not set.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Settings } from "@sailpoint-bulk-upload/core"
 *
 * const where = Effect.map(Settings.tenant, ({ baseUrl }) => `Asks ${String(baseUrl)}`).pipe(
 *   Effect.catchTag("ConfigError", ({ message }) => Effect.succeed(message))
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Auth } from "./AccessToken.ts"
import { plainText } from "./PlainText.ts"
import * as Tenant from "./Tenant.ts"

const invalid = (message: string): Effect.Effect<never, Config.ConfigError> =>
  Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message })))

/** Made once, as that takes longer than to read a setting. */
const text: Config.Config<string | undefined> = Config.String().pipe(
  Config.map((value) => value.trim()),
  Config.withDefault(""),
  Config.map((value) => (value === "" ? undefined : value))
)

const optional = (name: string): Config.Config<string | undefined> => Config.nested(text, name)

const secret = (name: string): Config.Config<Redacted.Redacted<string> | undefined> =>
  Config.map(optional(name), (value) =>
    value === undefined ? undefined : Redacted.make(value, { label: name })
  )

/**
 * The tenant: base URL, API version and allowed hosts, checked as `Tenant.make` checks them.
 *
 * @category config
 * @since 0.1.0
 */
export const tenant: Config.Config<Tenant.Options> = Config.all({
  baseUrl: optional("SAIL_BASE_URL"),
  apiVersion: optional("SAIL_API_VERSION"),
  allowedHosts: optional("SAIL_ALLOWED_HOSTS")
}).pipe(
  Config.mapEffect(({ allowedHosts, apiVersion = Tenant.defaultApiVersion, baseUrl }) => {
    if (baseUrl === undefined) {
      return invalid(
        "SAIL_BASE_URL is not set: give the tenant's API host, such as https://{tenant}.api.identitynow.com."
      )
    }
    if (!isApiVersion(apiVersion)) {
      return invalid(
        `SAIL_API_VERSION is "${plainText(apiVersion, 40)}": expected one of ${Tenant.ApiVersion.literals.join(", ")}.`
      )
    }
    const options = { baseUrl, apiVersion, allowedHosts: allowedHosts?.split(",") ?? [] }
    return Tenant.make(options).pipe(
      Effect.as(options),
      Effect.catchTag("InvalidBaseUrl", ({ reason }) => invalid(`SAIL_BASE_URL cannot be used: ${reason}`))
    )
  })
)

const isApiVersion = (value: string): value is Tenant.ApiVersion =>
  (Tenant.ApiVersion.literals as ReadonlyArray<string>).includes(value)

/**
 * Who asks: client credentials, or an access token.
 *
 * @category config
 * @since 0.1.0
 */
export const auth: Config.Config<Auth> = Config.all({
  clientId: optional("SAIL_CLIENT_ID"),
  clientSecret: secret("SAIL_CLIENT_SECRET"),
  accessToken: secret("SAIL_ACCESS_TOKEN")
}).pipe(
  Config.mapEffect(({ accessToken, clientId, clientSecret }): Effect.Effect<Auth, Config.ConfigError> => {
    if (accessToken !== undefined) {
      return clientId === undefined && clientSecret === undefined
        ? Effect.succeed({ accessToken })
        : invalid(
            "SAIL_ACCESS_TOKEN is set together with SAIL_CLIENT_ID or SAIL_CLIENT_SECRET: keep one of the two ways and unset the other."
          )
    }
    if (clientId !== undefined && clientSecret !== undefined)
      return Effect.succeed({ clientId, clientSecret })
    if (clientId !== undefined)
      return invalid("SAIL_CLIENT_SECRET is not set, but SAIL_CLIENT_ID is: set both.")
    if (clientSecret !== undefined)
      return invalid("SAIL_CLIENT_ID is not set, but SAIL_CLIENT_SECRET is: set both.")
    return invalid(
      "SAIL_CLIENT_ID and SAIL_CLIENT_SECRET are not set: give the client id and secret of a personal access token with the scope idn:nelm:read (or a token in SAIL_ACCESS_TOKEN)."
    )
  })
)

/**
 * All of it, as `BulkUploads.layer` takes it.
 *
 * @category config
 * @since 0.1.0
 */
export const options: Config.Config<Tenant.Options & { readonly auth: Auth }> = Config.map(
  Config.all({ tenant, auth }),
  ({ auth, tenant }) => ({ ...tenant, auth })
)
