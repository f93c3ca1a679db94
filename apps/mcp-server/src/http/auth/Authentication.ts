/**
 * Identifies callers by their tokens. No other code sees a token, and SailPoint never receives one.
 */
import {
  bearerAuthChallengeResponse,
  OAuthError,
  OAuthErrorCode,
  verifyBearerToken
} from "@modelcontextprotocol/server"
import * as Effect from "effect/Effect"
import type { IncomingMessage } from "node:http"
import type { HttpSettings } from "../../settings/HttpSettings.ts"
import * as JwtVerifier from "./JwtVerifier.ts"
import { Refusal, refuse } from "../guards/Refusal.ts"
import type { Verifier } from "./Verifier.ts"
import type { Caller } from "../../telemetry/Caller.ts"
import * as ProtectedResourceMetadata from "./ProtectedResourceMetadata.ts"
import * as BearerTokenVerifier from "./BearerTokenVerifier.ts"

export interface Authentication {
  /** Returns the known fields of the caller, and a refusal if the token is not accepted. Removes the token from the request. */
  readonly identify: (request: IncomingMessage) => Promise<Identified>
  /** Reads the tokens again. */
  readonly reload: Effect.Effect<void>
}

export interface Identified {
  readonly caller: Caller
  readonly refusal?: Refusal
}

export const addressOf = ({ socket }: IncomingMessage): Caller => ({ address: socket.remoteAddress })

export const make = (authentication: HttpSettings["authentication"]): Effect.Effect<Authentication> => {
  switch (authentication?._tag) {
    case undefined:
      return Effect.succeed({
        identify: async (request) => ({ caller: addressOf(takeToken(request).request) }),
        reload: Effect.void
      })
    case "BearerTokens":
      return Effect.map(BearerTokenVerifier.makeVerifier(authentication), (verifier) => ({
        ...verifying({ verifier }),
        reload: verifier.reload
      }))
    case "OAuth":
      return Effect.map(JwtVerifier.makeVerifier(authentication), (verifier) =>
        verifying({
          verifier,
          requiredScopes: [...authentication.scopes],
          resourceMetadataUrl: ProtectedResourceMetadata.url(authentication)
        })
      )
  }
}

const verifying = (options: {
  readonly verifier: Verifier
  readonly requiredScopes?: Array<string>
  readonly resourceMetadataUrl?: string
}): Authentication => ({
  reload: Effect.void,
  identify: async (given) => {
    const { authorization, request } = takeToken(given)
    let caller = addressOf(request)
    // The SDK throws for a token that lacks a scope, although the token names its caller.
    const verifyAccessToken: Verifier["verifyAccessToken"] = async (token) => {
      const verified = await options.verifier.verifyAccessToken(token)
      caller = { ...caller, ...verified.caller }
      return verified
    }
    try {
      await verifyBearerToken(authorization, { ...options, verifier: { verifyAccessToken } })
      return { caller }
    } catch (error) {
      const refusal =
        error instanceof OAuthError && error.code === OAuthErrorCode.ServerError
          ? refuse("issuer", 503, error.message, { "retry-after": "5" })
          : challenge(authorization, bearerAuthChallengeResponse(error, options))
      return { caller, refusal }
    }
  }
})

/** Removes the error from the answer to a request without a bearer token (RFC 6750, section 3.1). */
const challenge = (authorization = "", answer: Response): Refusal => {
  const header = answer.headers.get("www-authenticate")
  if (header !== null && !/^bearer(?: |$)/iu.test(authorization)) {
    answer.headers.set("www-authenticate", header.replace(ERROR, `realm="sailpoint-bulk-upload"`))
  }
  return new Refusal(answer.status === 403 ? "scope" : "token", answer.body, answer)
}

const ERROR = /error="[^"]*", error_description="(?:[^"\\]|\\.)*"/u

const takeToken = (request: IncomingMessage) => {
  const { authorization } = request.headers
  delete request.headers.authorization
  return { authorization, request }
}
