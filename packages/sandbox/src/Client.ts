/**
 * The API clients of the sandbox and the tokens that they get.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * A client id and secret, and what their tokens may do.
 *
 * @category models
 * @since 0.1.0
 */
export interface Client {
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: ReadonlyArray<string>
  /** How long its tokens live: `expires_in`. SailPoint allows 15 s to 12 hours. */
  readonly lifetime: Duration.Input
}

/**
 * The scope that reading statuses and sources wants.
 *
 * @category constants
 * @since 0.1.0
 */
export const READ_SCOPE = "idn:nelm:read"

/**
 * The scope that uploading wants.
 *
 * @category constants
 * @since 0.1.0
 */
export const WRITE_SCOPE = "idn:nelm:manage"

/**
 * The client that may do everything.
 *
 * @category constants
 * @since 0.1.0
 */
export const admin: Client = {
  clientId: "sandbox",
  clientSecret: "sandbox-secret",
  scopes: [READ_SCOPE, WRITE_SCOPE],
  lifetime: "749 seconds"
}

/**
 * The clients that every sandbox starts with: one that may do everything, one that may only read, one whose
 * tokens have no scope, and one whose tokens live for 15 s.
 *
 * @category constants
 * @since 0.1.0
 */
export const seeded: ReadonlyArray<Client> = [
  admin,
  {
    clientId: "sandbox-reader",
    clientSecret: "reader-secret",
    scopes: [READ_SCOPE],
    lifetime: "749 seconds"
  },
  { clientId: "sandbox-no-scope", clientSecret: "no-scope-secret", scopes: [], lifetime: "749 seconds" },
  { clientId: "sandbox-short", clientSecret: "short-secret", scopes: [READ_SCOPE], lifetime: "15 seconds" }
]

interface Issued {
  readonly client: Client
  readonly expiresAt: number
  revoked: boolean
}

/**
 * The tokens that were issued. Times are milliseconds since the epoch.
 *
 * @internal
 */
export class Tokens {
  readonly #issued = new Map<string, Issued>()

  issue(client: Client, now: number) {
    const lifetime = Duration.toMillis(Duration.fromInputUnsafe(client.lifetime))
    const token = jwt({
      client_id: client.clientId,
      iat: Math.floor(now / 1000),
      exp: Math.floor((now + lifetime) / 1000),
      jti: crypto.randomUUID()
    })
    this.#issued.set(token, { client, expiresAt: now + lifetime, revoked: false })
    return { token, expiresIn: lifetime / 1000 }
  }

  revokeAll(): void {
    for (const token of this.#issued.values()) token.revoked = true
  }

  /** The client behind an `Authorization` header, or what a 401 says. */
  verify(authorization: string | undefined, now: number): Client | string {
    // RFC 9110, section 11.1: the name of the scheme is case-insensitive.
    const token = /^Bearer ([^\s]+)$/iu.exec(authorization ?? "")?.[1]
    if (token === undefined) return "The authorization header is missing, or has no bearer token"
    const issued = this.#issued.get(token)
    if (issued === undefined || issued.revoked) return "JWT validation failed: JWT is not valid"
    return now < issued.expiresAt ? issued.client : "JWT validation failed: JWT is expired"
  }
}

/** In the form of a JWT (RFC 7519), as SailPoint's tokens are, with a signature that nobody should trust. */
const jwt = (claims: Readonly<Record<string, unknown>>): string =>
  [{ alg: "none", typ: "JWT" }, claims, "sandbox"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")
