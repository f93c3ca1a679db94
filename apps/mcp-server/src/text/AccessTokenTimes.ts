/**
 * Reads the issue and expiry times of an access token that is a JWT. Nothing is verified: the times are for reports, not for
 * decisions about trust.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { decodeJwt } from "jose/jwt/decode"

export interface TokenTimes {
  readonly issuedAt: DateTime.Utc
  readonly expiresAt: DateTime.Utc
}

export const tokenTimes = (token: Redacted.Redacted<string>): Option.Option<TokenTimes> =>
  Option.flatMap(Option.liftThrowable(decodeJwt)(Redacted.value(token)), ({ exp, iat }) =>
    Option.all({ issuedAt: instantOf(iat), expiresAt: instantOf(exp) })
  )

/** The claims can have any type. */
const instantOf = (seconds: unknown): Option.Option<DateTime.Utc> =>
  typeof seconds === "number" ? DateTime.make(seconds * 1000) : Option.none()

/** Returns the problem and its fix if the token has expired. */
export const overdue = ({ expiresAt }: TokenTimes, now: DateTime.Utc) =>
  DateTime.isLessThan(now, expiresAt)
    ? undefined
    : {
        problem: `The access token expired at ${DateTime.formatIso(expiresAt)}.`,
        nextStep:
          "Put a new token into SAIL_ACCESS_TOKEN, or set SAIL_CLIENT_ID and SAIL_CLIENT_SECRET instead, so that the server gets new tokens itself."
      }
