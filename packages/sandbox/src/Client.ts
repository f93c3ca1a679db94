/**
 * The API clients of the sandbox and the tokens that they get.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * A client ID and secret, and what their tokens may do.
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
  /**
   * The user levels of its user. `ORG_ADMIN` stands for the role contexts `idn:nesr:read` and `idn:nesr:create` too.
   *
   * @default ["ORG_ADMIN"]
   */
  readonly userLevels?: ReadonlyArray<string> | undefined
  /** The identity of its user: account manager of the sources that list it. Without one, of no source. */
  readonly identityId?: string | undefined
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
 * The scope that searching audit events wants; SailPoint has none that is narrower.
 *
 * @category constants
 * @since 0.1.0
 */
export const SEARCH_SCOPE = "sp:search:read"

/**
 * The identity of the administrator, who is account manager of every source that names no other.
 *
 * @category constants
 * @since 0.1.0
 */
export const ADMIN_IDENTITY = "5a4d1d00000000000000000000000001"

/**
 * The identity of the client `sandbox-manager`, who is account manager of some sources only.
 *
 * @category constants
 * @since 0.1.0
 */
export const MANAGER_IDENTITY = "5a4d1d00000000000000000000000002"

/**
 * The client that may do everything.
 *
 * @category constants
 * @since 0.1.0
 */
export const admin: Client = {
  clientId: "sandbox",
  clientSecret: "sandbox-secret",
  scopes: [READ_SCOPE, WRITE_SCOPE, SEARCH_SCOPE],
  lifetime: "749 seconds",
  identityId: ADMIN_IDENTITY
}

/**
 * The clients that every sandbox starts with: one that may do everything, one that may only read, one whose
 * tokens have no scope, one whose tokens live for 15 s, and one whose user is an account manager without a user level.
 *
 * @category constants
 * @since 0.1.0
 */
export const seeded: ReadonlyArray<Client> = [
  admin,
  { ...admin, clientId: "sandbox-reader", clientSecret: "reader-secret", scopes: [READ_SCOPE] },
  { ...admin, clientId: "sandbox-no-scope", clientSecret: "no-scope-secret", scopes: [] },
  {
    ...admin,
    clientId: "sandbox-short",
    clientSecret: "short-secret",
    scopes: [READ_SCOPE],
    lifetime: "15 seconds"
  },
  {
    ...admin,
    clientId: "sandbox-manager",
    clientSecret: "manager-secret",
    userLevels: [],
    identityId: MANAGER_IDENTITY
  }
]

/** More than any client uses at once, and the bound on what a sandbox that runs for days remembers. */
const MAX_TOKENS = 10_000

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
    for (const oldest of this.#issued.keys()) {
      if (this.#issued.size <= MAX_TOKENS) break
      this.#issued.delete(oldest)
    }
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
