/** Access tokens: given, or fetched with client credentials, kept, and renewed in time. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { AuthenticationFailed, type BulkUploadError } from "../BulkUploadError.ts"
import * as Metrics from "../Metrics.ts"
import type { Policy } from "../RetryPolicy.ts"
import type { Undecodable } from "./classify.ts"
import { cachedFor } from "./cachedFor.ts"
import { decodeJson } from "./json.ts"
import { now, nowOf } from "./monotonicClock.ts"
import { countRetry } from "./retry.ts"
import { outcome } from "./outcome.ts"
import type { Send } from "./send.ts"
import { makeSharedSpan } from "./sharedSpan.ts"
import type { Tenant } from "./tenant.ts"

/** The lifetime of a token whose answer has none: short enough for most, and a 401 renews the token in any case. */
const UNKNOWN_LIFETIME = Duration.minutes(5)
/** The longest lifetime that SailPoint's documentation gives: 43,200 s. */
const LONGEST_LIFETIME = Duration.hours(12)

/** The characters of an HTTP header: visible ASCII without spaces (RFC 6750 allows fewer). */
const HEADER_SAFE = /^[\x21-\x7E]+$/u

const TOKEN_ROUTE = "/oauth/token"

export type Auth =
  | { readonly accessToken: Secret }
  | { readonly clientId: string; readonly clientSecret: Secret }

/** A secret, or an effect that reads the current one. */
export type Secret = Redacted.Redacted | Effect.Effect<Redacted.Redacted>

export interface AccessToken {
  /** Returns the kept token, or fetches one. */
  readonly get: Effect.Effect<Redacted.Redacted, BulkUploadError>
  /** Drops a token that SailPoint refused. Returns whether `get` can return another one. */
  readonly refused: (token: Redacted.Redacted) => Effect.Effect<boolean>
}

export interface Tokens extends Pick<AccessToken, "refused"> {
  /** Returns the kept token, or fetches one. A fetch that fails is not retried. */
  readonly current: Effect.Effect<Redacted.Redacted, BulkUploadError>
  /** Like `current`, but retried as the policy says, once for all callers with this policy. */
  readonly retried: (policy: Policy) => Tokens["current"]
  /** Whether `current` would return this token at once: it is neither refused nor about to expire. */
  readonly isCurrent: (token: Redacted.Redacted, clock: Clock.Clock) => boolean
}

export interface Grant {
  readonly token: Redacted.Redacted
  readonly keepFor: Duration.Duration
}

export const readSecret = (secret: Secret): Effect.Effect<Redacted.Redacted> =>
  Effect.isEffect(secret) ? secret : Effect.succeed(secret)

/** Returns a given token, until SailPoint refuses it and another one can be read. */
export const fromStatic = (given: Secret): Tokens => {
  let kept: Redacted.Redacted | undefined
  const read = Effect.flatMap(readSecret(given), (given) => {
    const token = Redacted.make(Redacted.value(given).trim(), { label: "access token" })
    return HEADER_SAFE.test(Redacted.value(token))
      ? Effect.succeed(token)
      : Effect.fail(
          new AuthenticationFailed({
            operation: "token",
            messages: ["the given access token is empty or has characters that are not allowed in a header"]
          })
        )
  })
  const keptOrRead = Effect.suspend(() =>
    kept === undefined ? Effect.map(read, (token) => (kept = token)) : Effect.succeed(kept)
  )
  return {
    current: keptOrRead,
    retried: () => keptOrRead,
    isCurrent: (token) => token === kept,
    refused: (token) =>
      Effect.map(Effect.option(read), (next) => {
        if (token !== kept) return true
        if (Option.isNone(next) || Redacted.value(next.value) === Redacted.value(token)) return false
        kept = next.value
        return true
      })
  }
}

/** Fetches tokens with client credentials, which are sent in the form body, because a query would be logged on the way. */
export const fromClientCredentials = (
  tenant: Tenant,
  credentials: { readonly clientId: string; readonly clientSecret: Secret },
  send: Send,
  underLimit: (request: Effect.Effect<Grant, BulkUploadError>) => Effect.Effect<Grant, BulkUploadError>
): Effect.Effect<Tokens> =>
  Effect.gen(function* () {
    /** Times are milliseconds of the monotonic clock. */
    let kept: { readonly token: Redacted.Redacted; readonly until: number } | undefined

    const requestGrant = Effect.flatMap(readSecret(credentials.clientSecret), (clientSecret) =>
      send<Grant>({
        subject: { operation: "token" },
        route: TOKEN_ROUTE,
        request: HttpClientRequest.post(`${tenant.origin}${TOKEN_ROUTE}`).pipe(
          HttpClientRequest.acceptJson,
          HttpClientRequest.bodyUrlParams({
            grant_type: "client_credentials",
            client_id: credentials.clientId,
            client_secret: Redacted.value(clientSecret)
          })
        ),
        secrets: [clientSecret],
        decode: decodeGrant
      })
    ).pipe(
      Effect.onExit((exit) =>
        Metric.update(Metric.withAttributes(Metrics.tokenRequests, { outcome: outcome(exit) }), 1)
      )
    )

    const span = makeSharedSpan("AccessToken.fetch")
    const nextToken = underLimit(requestGrant).pipe(
      Effect.flatMap(({ keepFor, token }) =>
        Effect.map(now, (now) => {
          kept = { token, until: now + Duration.toMillis(keepFor) }
          return token
        })
      ),
      span.run
    )

    const fetchToken = yield* cachedFor(nextToken)
    const keptOr = (fetch: Tokens["current"]): Tokens["current"] =>
      Effect.flatMap(now, (now) =>
        kept !== undefined && now < kept.until ? Effect.succeed(kept.token) : Effect.andThen(span.join, fetch)
      )
    const keptOrFetched = keptOr(fetchToken)

    const loops = new WeakMap<Policy, Tokens["current"]>()
    const loopOf = (policy: Policy): Tokens["current"] =>
      Effect.suspend(
        () =>
          loops.get(policy) ??
          countRetry.pipe(
            Effect.andThen(keptOrFetched),
            Effect.retry(policy),
            cachedFor,
            Effect.flatMap((loop) => {
              loops.set(policy, loop)
              return loop
            })
          )
      )

    return {
      current: keptOrFetched,
      retried: (policy) => keptOr(loopOf(policy)),
      isCurrent: (token, clock) => kept?.token === token && nowOf(clock) < kept.until,
      // Only the first of many calls with a refused token drops it. Then the kept token is a newer one, or none.
      refused: (token) =>
        Effect.sync(() => {
          if (kept?.token === token) kept = undefined
          return true
        })
    }
  })

const decodeGrantBody = decodeJson(
  Schema.Struct({
    access_token: Schema.String.check(Schema.isPattern(HEADER_SAFE)),
    expires_in: Schema.optionalKey(Schema.Unknown)
  })
)

const decodeGrant = (text: string): Result.Result<Grant, Undecodable> =>
  Option.match(decodeGrantBody(text), {
    onNone: () => Result.fail({ reason: "the body is not a JSON object with a usable access_token." }),
    onSome: (body) =>
      Result.succeed({
        token: Redacted.make(body.access_token, { label: "access token" }),
        keepFor: keepFor(body.expires_in)
      })
  })

/**
 * Returns `expires_in`, in seconds, less the margin. A number in a string is read too. A token that expires in less
 * than a second is kept for one, or a queued request would find each token expired.
 */
const keepFor = (expiresIn: unknown): Duration.Duration => {
  const seconds = Predicate.isString(expiresIn) ? Number(expiresIn) : expiresIn
  const lifetime =
    Predicate.isNumber(seconds) && Number.isFinite(seconds) && seconds > 0
      ? Duration.min(Duration.seconds(seconds), LONGEST_LIFETIME)
      : UNKNOWN_LIFETIME
  const margin = Duration.min(Duration.seconds(60), Duration.times(lifetime, 0.1))
  return Duration.max(Duration.subtract(lifetime, margin), Duration.seconds(1))
}
