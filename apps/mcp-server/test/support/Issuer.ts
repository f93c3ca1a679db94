/**
 * An authorization server on loopback: its metadata, its keys, and whatever tokens a test wants of it.
 */
import * as Effect from "effect/Effect"
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** What differs from a good token; what is undefined is left out. */
type Claims = Readonly<Record<string, unknown>>

export interface Issuer {
  readonly url: string
  /** A token that it signed: good for ten minutes, but for what is given. */
  readonly token: (claims?: Claims) => Effect.Effect<string>
  /** A token that somebody else signed in its name. */
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
const KEY_ID = "key-1"

export const start = (options: { readonly path?: string; readonly document?: string } = {}) => {
  const { document = "/.well-known/oauth-authorization-server", path = "" } = options
  return Effect.gen(function* () {
    const [own, foreign] = yield* Effect.promise(() =>
      Promise.all([generateKeyPair(ALGORITHM), generateKeyPair(ALGORITHM)])
    )
    const jwk = yield* Effect.promise(() => exportJWK(own.publicKey))
    const asked: Array<string> = []
    let away = false
    const server = createServer((request, response) => {
      asked.push(request.url ?? "")
      const documents: Readonly<Record<string, object>> = {
        [document]: { issuer: url, jwks_uri: `${origin}/keys` },
        "/keys": { keys: [{ ...jwk, kid: KEY_ID, alg: ALGORITHM, use: "sig" }] }
      }
      const body = documents[request.url ?? ""]
      response.writeHead(away ? 500 : body === undefined ? 404 : 200, { "content-type": "application/json" })
      response.end(JSON.stringify(body ?? {}))
    })
    const origin = yield* Effect.acquireRelease(
      Effect.callback<string>((resume) => {
        server.listen(0, "127.0.0.1", () =>
          resume(Effect.succeed(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
        )
      }),
      () => Effect.sync(() => server.close().closeAllConnections())
    )
    const url = `${origin}${path}`
    const defaults = (): JWTPayload => ({
      iss: url,
      aud: AUDIENCE,
      sub: "alice",
      exp: Math.floor(Date.now() / 1000) + 600
    })
    const sign =
      (key: typeof own.privateKey) =>
      (claims: Claims = {}) =>
        Effect.promise(() =>
          new SignJWT({ ...defaults(), ...claims })
            .setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID })
            .sign(key)
        )
    return {
      url,
      asked,
      token: sign(own.privateKey),
      forged: sign(foreign.privateKey),
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
