/**
 * Who calls. The token goes no further than this: what asks SailPoint never sees it.
 */
import {
  bearerAuthChallengeResponse,
  OAuthError,
  OAuthErrorCode,
  type OAuthTokenVerifier,
  verifyBearerToken
} from "@modelcontextprotocol/server"
import * as Effect from "effect/Effect"
import type { IncomingMessage } from "node:http"
import type { HttpSettings } from "../../settings/HttpSettings.ts"
import * as JwtVerifier from "./JwtVerifier.ts"
import { refuse } from "../guards/Refusal.ts"
import * as ProtectedResourceMetadata from "./ProtectedResourceMetadata.ts"
import * as BearerTokenVerifier from "./BearerTokenVerifier.ts"

export interface Authentication {
  /** The caller's name, for limits, or why nobody is served. Takes the token off the request. */
  readonly caller: (request: IncomingMessage) => Promise<string | Response>
}

/** One that connects from where the address says, for want of better. */
const byAddress = ({ socket }: IncomingMessage): string => `address ${socket.remoteAddress ?? ""}`

export const make = (authentication: HttpSettings["authentication"]): Effect.Effect<Authentication> => {
  switch (authentication?._tag) {
    case undefined:
      return Effect.succeed({ caller: async (request) => byAddress(takeToken(request).request) })
    case "SharedToken":
      return Effect.succeed(verifying({ verifier: BearerTokenVerifier.makeVerifier(authentication.token) }))
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
  readonly verifier: OAuthTokenVerifier
  readonly requiredScopes?: Array<string>
  readonly resourceMetadataUrl?: string
}): Authentication => ({
  caller: async (given) => {
    const { authorization, request } = takeToken(given)
    try {
      const { clientId } = await verifyBearerToken(authorization, options)
      return clientId === BearerTokenVerifier.EVERYBODY ? byAddress(request) : `client ${clientId}`
    } catch (error) {
      return error instanceof OAuthError && error.code === OAuthErrorCode.ServerError
        ? refuse(503, error.message, { "retry-after": "5" })
        : challenge(authorization, bearerAuthChallengeResponse(error, options))
    }
  }
})

/** A request that brings no bearer token is told nothing of an error (RFC 6750, section 3.1). */
const challenge = (authorization = "", answer: Response): Response => {
  const header = answer.headers.get("www-authenticate")
  if (header !== null && !/^bearer(?: |$)/iu.test(authorization)) {
    answer.headers.set("www-authenticate", header.replace(ERROR, `realm="sailpoint-bulk-upload"`))
  }
  return answer
}

const ERROR = /error="[^"]*", error_description="(?:[^"\\]|\\.)*"/u

const takeToken = (request: IncomingMessage) => {
  const { authorization } = request.headers
  delete request.headers.authorization
  return { authorization, request }
}
