/**
 * The token of `MCP_BEARER_TOKEN`, that every caller shares.
 */
import { OAuthError, OAuthErrorCode, type OAuthTokenVerifier } from "@modelcontextprotocol/server"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"

/** The client id of whoever knows the token. */
export const EVERYBODY = "everybody"

export const makeVerifier = (token: Redacted.Redacted<string>): OAuthTokenVerifier => {
  const expected = digest(Redacted.value(token))
  return {
    // How long the comparison takes tells nothing of the token, not even its length.
    verifyAccessToken: async (given) => {
      if (timingSafeEqual(digest(given), expected)) {
        return { token: "", clientId: EVERYBODY, scopes: [], expiresAt: Number.POSITIVE_INFINITY }
      }
      throw new OAuthError(OAuthErrorCode.InvalidToken, "This is not the token of this server.")
    }
  }
}

/** The answer to a client that looks for OAuth. Clients show its description. */
export const noOAuth = (): Response =>
  Response.json(
    {
      error: OAuthErrorCode.InvalidRequest,
      error_description:
        "This server takes a bearer token, not OAuth. Ask its operator for the token, and let your client send the header Authorization: Bearer TOKEN."
    },
    { status: 404, headers: { "cache-control": "no-store" } }
  )

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
