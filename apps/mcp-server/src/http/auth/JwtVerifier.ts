/**
 * Verifies access tokens of an authorization server: JWTs (RFC 9068) signed with the keys that the issuer publishes. The
 * server calls the issuer only for its metadata and its keys.
 */
import { OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server"
import { cachedFor } from "@sailpoint-bulk-upload/core/workspace"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose"
import type { OAuth } from "../../settings/HttpSettings.ts"
import type { Verified, Verifier } from "./Verifier.ts"
import { isEncryptedOrLocal } from "../../settings/Loopback.ts"

/** Asymmetric signatures only: with a shared secret, this server could sign tokens as well. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]

/** The least time between two requests to an issuer that is unreachable or has not published the key of a token. */
const RETRY_AFTER = Duration.seconds(5)

/** The tolerated difference between this machine's clock and the issuer's. */
const CLOCK_TOLERANCE_SECONDS = 30

/** The issuer's keys could not be fetched, so no token can be verified. */
class NoKeys extends Data.Error<{ readonly cause: unknown }> {}

export const makeVerifier = (oauth: OAuth): Effect.Effect<Verifier> =>
  Effect.gen(function* () {
    const keys = yield* cachedFor(findKeys(oauth.issuer), (exit) =>
      Exit.isSuccess(exit) ? Duration.infinity : RETRY_AFTER
    )
    const verify = (token: string) =>
      Effect.flatMap(keys, (keys) =>
        Effect.tryPromise({
          try: async () => {
            const { payload, protectedHeader } = await jwtVerify(token, keys, {
              issuer: oauth.issuer,
              audience: oauth.audience,
              algorithms: ALGORITHMS,
              clockTolerance: CLOCK_TOLERANCE_SECONDS,
              requiredClaims: ["exp"]
            })
            if ([protectedHeader.typ, payload["typ"]].every(isAccessToken)) return payload
            throw new errors.JWTInvalid("The typ of the token is not that of an access token.")
          },
          catch: (error) => (isAboutTheToken(error) ? error : new NoKeys({ cause: error }))
        })
      )
    let isUnavailable = false
    /** Logs each change once, because any client can send any number of tokens. */
    const logChange = (error?: NoKeys) =>
      Effect.suspend(() => {
        if (isUnavailable === (error !== undefined)) return Effect.void
        isUnavailable = error !== undefined
        return error === undefined
          ? Effect.logInfo("The keys of MCP_OAUTH_ISSUER are available again.")
          : Effect.logWarning(
              `The keys of MCP_OAUTH_ISSUER cannot be fetched (${reason(error.cause)}): no request is served until they can.`
            )
      })
    const context = yield* Effect.context<never>()
    return {
      verifyAccessToken: (token) =>
        verify(token).pipe(
          Effect.tap(() => logChange()),
          Effect.map(toVerified),
          Effect.catch((error) =>
            error instanceof NoKeys
              ? Effect.andThen(logChange(error), Effect.fail(UNAVAILABLE))
              : Effect.fail(new OAuthError(OAuthErrorCode.InvalidToken, error.message))
          ),
          Effect.runPromiseWith(context)
        )
    }
  })

const UNAVAILABLE = new OAuthError(
  OAuthErrorCode.ServerError,
  "The keys of the authorization server cannot be fetched now. Try again later."
)

const isAboutTheToken = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError &&
  ![errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code].includes(error.code)

/** If a request gets no answer, only the cause of the error from `fetch` has the reason. */
const reason = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  const { cause: inner, message } = cause
  return inner instanceof Error && "code" in inner ? `${message}: ${inner.code}` : message
}

/** The types of access tokens: of RFC 9068 and RFC 7519 in the header, of Keycloak in the claim. */
const ACCESS_TOKEN_TYPES: ReadonlySet<string> = new Set(["at+jwt", "jwt", "bearer"])

/** Returns whether a type is that of an access token. Most issuers set none, but an ID or logout token can have one. */
const isAccessToken = (type: unknown): boolean =>
  type === undefined ||
  (typeof type === "string" && ACCESS_TOKEN_TYPES.has(type.toLowerCase().replace(/^application\//u, "")))

/** Returns the caller of a token without the token, which no other code needs. */
const toVerified = (payload: JWTPayload): Verified => ({
  token: "",
  clientId: "",
  caller: {
    subject: [payload.sub].find(isText),
    clientId: [payload["client_id"], payload["azp"]].find(isText)
  },
  scopes: [payload["scope"], payload["scp"]]
    .flat()
    .filter(isText)
    .flatMap((scopes) => scopes.split(" ")),
  // The SDK checks the expiry again, without a tolerance.
  expiresAt: Number(payload.exp) + CLOCK_TOLERANCE_SECONDS
})

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

type Keys = ReturnType<typeof createRemoteJWKSet>

/** The issuer's keys, fetched when needed and again when a token names a new one. */
const findKeys = (issuer: string): Effect.Effect<Keys, NoKeys> =>
  Effect.tryPromise({
    try: (signal) => Promise.any(metadataUrls(issuer).map((url) => keysAt(url, issuer, signal))),
    catch: (cause) => new NoKeys({ cause: cause instanceof AggregateError ? cause.errors[0] : cause })
  })

/** Fetches the issuer's keys and returns their number. Fails with the reason if they cannot be fetched. */
export const countKeys = ({ issuer }: OAuth): Effect.Effect<number, string> =>
  findKeys(issuer).pipe(
    Effect.flatMap((keys) =>
      Effect.tryPromise({
        try: async () => {
          await keys.reload()
          return Number(keys.jwks()?.keys.length)
        },
        catch: (cause) => new NoKeys({ cause })
      })
    ),
    Effect.mapError(({ cause }) => reason(cause))
  )

/** RFC 8414, section 3.1, and OpenID Connect Discovery 1.0, section 4. */
const metadataUrls = (issuer: string): ReadonlyArray<string> => {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/u, "")
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`
  ]
}

const DISCOVERY_MILLIS = 5_000

const keysAt = async (url: string, issuer: string, signal: AbortSignal): Promise<Keys> => {
  const response = await fetch(url, {
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(DISCOVERY_MILLIS)])
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const metadata = (await response.json()) as {
    readonly issuer?: unknown
    readonly jwks_uri?: unknown
  } | null
  const jwks = typeof metadata?.jwks_uri === "string" ? URL.parse(metadata.jwks_uri) : null
  if (metadata?.issuer !== issuer) throw new Error(`${url} describes another issuer`)
  if (jwks === null || !isEncryptedOrLocal(jwks))
    throw new Error(`${url} names a jwks_uri that is not an https URL`)
  return createRemoteJWKSet(jwks, { cooldownDuration: Duration.toMillis(RETRY_AFTER) })
}
