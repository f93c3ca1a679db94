/**
 * An authorization server on loopback: its metadata, its keys, and whatever tokens a test wants of it.
 */
import * as Effect from "effect/Effect"
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose"
import { createServer } from "node:http"
import { listen } from "./Loopback.ts"

/** What differs from a good token; what is undefined is left out. */
type Claims = Readonly<Record<string, unknown>>

export interface Issuer {
  readonly url: string
  /** A token that it signed: good for ten minutes, but for what is given. */
  readonly token: (claims?: Claims) => Effect.Effect<string>
  /** A token with that type in its header. */
  readonly typed: (typ: unknown, claims?: Claims) => Effect.Effect<string>
  /** From now on it signs with a new key, and publishes that one only. */
  readonly rotate: Effect.Effect<void>
  /** A token signed with its public key as a shared secret, which is no secret. */
  readonly confused: (claims?: Claims) => Effect.Effect<string>
  /** A token that another party signed in its name. */
  readonly forged: (claims?: Claims) => Effect.Effect<string>
  /** A token with no signature at all. */
  readonly unsigned: (claims?: Claims) => Effect.Effect<string>
  /** The paths that were asked for. */
  readonly asked: ReadonlyArray<string>
  /** From now on every request is answered with 500, or as usual again. */
  readonly setAway: (away: boolean) => Effect.Effect<void>
}

export const AUDIENCE = "https://mcp.test/mcp"

const ALGORITHM = "ES256"

export const start = (
  options: { readonly path?: string; readonly document?: string; readonly keysAt?: string } = {}
) => {
  const { document = "/.well-known/oauth-authorization-server", keysAt, path = "" } = options
  return Effect.gen(function* () {
    const newKey = Effect.promise(async () => {
      const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true })
      const kid = crypto.randomUUID()
      return {
        kid,
        privateKey,
        publicKey,
        jwk: { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: "sig" }
      }
    })
    let own = yield* newKey
    const foreign = yield* newKey
    const asked: Array<string> = []
    let away = false
    const server = createServer((request, response) => {
      asked.push(request.url ?? "")
      const documents: Readonly<Record<string, object>> = {
        [document]: { issuer: url, jwks_uri: keysAt ?? `${origin}/keys` },
        "/keys": { keys: [own.jwk] }
      }
      const body = documents[request.url ?? ""]
      response.writeHead(away ? 500 : body === undefined ? 404 : 200, { "content-type": "application/json" })
      response.end(JSON.stringify(body ?? {}))
    })
    const origin = `http://${yield* listen(server)}`
    const url = `${origin}${path}`
    const defaults = (): JWTPayload => ({
      iss: url,
      aud: AUDIENCE,
      sub: "alice",
      exp: Math.floor(Date.now() / 1000) + 600
    })
    const sign = (claims: Claims, key: CryptoKey | Uint8Array, header: object = {}) =>
      Effect.promise(() =>
        new SignJWT({ ...defaults(), ...claims })
          .setProtectedHeader({ alg: ALGORITHM, ...header, kid: own.kid })
          .sign(key)
      )
    return {
      url,
      asked,
      token: (claims = {}) => Effect.suspend(() => sign(claims, own.privateKey)),
      typed: (typ, claims = {}) => Effect.suspend(() => sign(claims, own.privateKey, { typ })),
      forged: (claims = {}) => Effect.suspend(() => sign(claims, foreign.privateKey)),
      confused: (claims = {}) =>
        Effect.flatMap(
          Effect.promise(() => exportSPKI(own.publicKey)),
          (publicKey) => sign(claims, new TextEncoder().encode(publicKey), { alg: "HS256" })
        ),
      rotate: Effect.map(newKey, (key) => {
        own = key
      }),
      unsigned: (claims) =>
        Effect.sync(() =>
          [{ alg: "none" }, { ...defaults(), ...claims }]
            .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
            .concat("")
            .join(".")
        ),
      setAway: (value) =>
        Effect.sync(() => {
          away = value
        })
    } satisfies Issuer
  })
}
