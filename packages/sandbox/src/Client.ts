/** The API clients of the sandbox and their tokens. */
import * as Duration from "effect/Duration"

/** A client ID and secret, with the permissions of their tokens. */
export interface Client {
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: ReadonlyArray<string>
  /** The lifetime of its tokens (`expires_in`). SailPoint allows 15 s to 12 hours. */
  readonly lifetime: Duration.Input
  /**
   * The user levels of its user. `ORG_ADMIN` includes the role contexts `idn:nesr:read` and `idn:nesr:create`.
   * Default: `ORG_ADMIN`.
   */
  readonly userLevels?: ReadonlyArray<string> | undefined
  /** The ID of its user's identity, which sources list as account manager. If unset, the user manages no source. */
  readonly identityId?: string | undefined
}

/** The scope for reading statuses and sources. */
export const READ_SCOPE = "idn:nelm:read"

/** The scope for uploads. */
export const WRITE_SCOPE = "idn:nelm:manage"

/** The scope for searching audit events; SailPoint has no narrower one. */
export const SEARCH_SCOPE = "sp:search:read"

/** The identity of the administrator, the account manager of every source without `managers`. */
export const ADMIN_IDENTITY = "5a4d1d00000000000000000000000001"

/** The identity of the client `sandbox-manager`, the account manager of some sources. */
export const MANAGER_IDENTITY = "5a4d1d00000000000000000000000002"

/** The client with all permissions. */
export const admin: Client = {
  clientId: "sandbox",
  clientSecret: "sandbox-secret",
  scopes: [READ_SCOPE, WRITE_SCOPE, SEARCH_SCOPE],
  lifetime: "749 seconds",
  identityId: ADMIN_IDENTITY
}

/**
 * The initial clients of every sandbox: one with all permissions, one that can only read, one with tokens without a
 * scope, one with tokens that live for 15 s, and one with an account manager without a user level as its user.
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

/** Bounds the memory of a sandbox that runs for days; no client uses as many at once. */
const MAX_TOKENS = 10_000

interface Issued {
  readonly client: Client
  readonly expiresAt: number
  revoked: boolean
}

/** The issued tokens. Times are milliseconds since the epoch. @internal */
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

  /** Returns the client of an `Authorization` header, or the text of a 401. */
  verify(authorization: string | undefined, now: number): Client | string {
    // RFC 9110, section 11.1: the name of the scheme is case-insensitive.
    const token = /^Bearer ([^\s]+)$/iu.exec(authorization ?? "")?.[1]
    if (token === undefined) return "The authorization header is missing, or has no bearer token"
    const issued = this.#issued.get(token)
    if (issued === undefined || issued.revoked) return "JWT validation failed: JWT is not valid"
    return now < issued.expiresAt ? issued.client : "JWT validation failed: JWT is expired"
  }
}

/** Makes a JWT (RFC 7519), like SailPoint's tokens, with an invalid signature. */
const jwt = (claims: Readonly<Record<string, unknown>>): string =>
  [{ alg: "none", typ: "JWT" }, claims, "sandbox"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")
