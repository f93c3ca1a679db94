/** An authorization server on loopback: its metadata, its keys, and valid and invalid tokens. */
import * as Effect from "effect/Effect"
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose"
import { createServer } from "node:http"
import { listen } from "./Loopback.ts"

/** Claims that differ from those of a valid token; an undefined claim is left out. */
type Claims = Readonly<Record<string, unknown>>

export type Issuer = Effect.Success<ReturnType<typeof start>>

export const AUDIENCE = "https://mcp.test/mcp"

const DOCUMENT = "/.well-known/oauth-authorization-server"

interface Options {
  readonly algorithm?: string
  readonly path?: string
  readonly document?: string
  readonly keysAt?: string
  /** Whether its metadata are at another path, to which it redirects. */
  readonly redirects?: boolean
}

export const start = (options: Options = {}) => {
  const { algorithm = "ES256", document = DOCUMENT, keysAt, path = "", redirects = false } = options
  return Effect.gen(function* () {
    const newKey = Effect.promise(async () => {
      const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
      const kid = crypto.randomUUID()
      return {
        kid,
        privateKey,
        publicKey,
        jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" }
      }
    })
    let own = yield* newKey
    const foreign = yield* Effect.cached(newKey)
    const asked: Array<string> = []
    let away = false
    const server = createServer((request, response) => {
      asked.push(request.url ?? "")
      const documents: Readonly<Record<string, object>> = {
        [redirects ? "/moved" : document]: { issuer: url, jwks_uri: keysAt ?? `${origin}/keys` },
        "/keys": { keys: [own.jwk] }
      }
      const body = documents[request.url ?? ""]
      const unknown = redirects ? 302 : 404
      response.writeHead(away ? 500 : body === undefined ? unknown : 200, {
        "content-type": "application/json",
        location: "/moved"
      })
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
          .setProtectedHeader({ alg: algorithm, ...header, kid: own.kid })
          .sign(key)
      )
    return {
      url,
      /** The paths of the requests. */
      asked,
      /** A token that is valid for ten minutes, except for these claims. */
      token: (claims: Claims = {}) => Effect.suspend(() => sign(claims, own.privateKey)),
      /** A token with this type in its header. */
      typed: (typ: unknown, claims: Claims = {}) =>
        Effect.suspend(() => sign(claims, own.privateKey, { typ })),
      /** A token with the signature of another key. */
      forged: (claims: Claims = {}) => Effect.flatMap(foreign, ({ privateKey }) => sign(claims, privateKey)),
      /** A token that is signed with the public key as a shared secret. */
      confused: (claims: Claims = {}) =>
        Effect.flatMap(
          Effect.promise(() => exportSPKI(own.publicKey)),
          (publicKey) => sign(claims, new TextEncoder().encode(publicKey), { alg: "HS256" })
        ),
      /** Signs with a new key from now on, and publishes only that key. */
      rotate: Effect.map(newKey, (key) => {
        own = key
      }),
      /** A token without a signature. */
      unsigned: (claims?: Claims) =>
        Effect.sync(() =>
          [{ alg: "none" }, { ...defaults(), ...claims }]
            .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
            .concat("")
            .join(".")
        ),
      /** Answers every request with 500 from now on, or normally again. */
      setAway: (value: boolean) =>
        Effect.sync(() => {
          away = value
        })
    }
  })
}
