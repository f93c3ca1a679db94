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

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
