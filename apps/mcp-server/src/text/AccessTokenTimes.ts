/**
 * When an access token was issued and when it expires, where it is a JWT that tells (RFC 7519, section 4.1).
 * Nothing is verified: this is for telling a person, not for trusting.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** Seconds since the epoch that a date can be made of. */
const NumericDate = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 8.64e12 }))
const Claims = Schema.fromJsonString(Schema.Struct({ iat: NumericDate, exp: NumericDate }))
const decodeClaims = Schema.decodeOption(Claims)

/** Milliseconds since the epoch. */
export interface TokenTimes {
  readonly issuedAt: number
  readonly expiresAt: number
}

export const tokenTimes = (token: Redacted.Redacted<string>): Option.Option<TokenTimes> => {
  const [, payload = ""] = Redacted.value(token).split(".")
  return Option.map(decodeClaims(Buffer.from(payload, "base64url").toString("utf8")), ({ exp, iat }) => ({
    issuedAt: iat * 1000,
    expiresAt: exp * 1000
  }))
}

/** What is to be told of a token whose time is over. */
export const overdue = ({ expiresAt }: TokenTimes, now: DateTime.Utc) =>
  DateTime.toEpochMillis(now) < expiresAt
    ? undefined
    : {
        problem: `The access token expired at ${DateTime.formatIso(DateTime.makeUnsafe(expiresAt))}.`,
        nextStep:
          "Put a new token into SAIL_ACCESS_TOKEN, or use SAIL_CLIENT_ID and SAIL_CLIENT_SECRET, which renew it."
      }
