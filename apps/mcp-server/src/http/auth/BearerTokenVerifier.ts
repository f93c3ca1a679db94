/**
 * The token of `MCP_BEARER_TOKEN`, that every caller shares.
 */
import { OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server"
import type { Verifier } from "./Verifier.ts"
import * as Redacted from "effect/Redacted"
import { Refusal } from "../guards/Refusal.ts"
import { createHash, timingSafeEqual } from "node:crypto"

export const makeVerifier = (token: Redacted.Redacted<string>): Verifier => {
  const expected = digest(Redacted.value(token))
  return {
    // How long the comparison takes tells nothing of the token, not even its length.
    verifyAccessToken: async (given) => {
      if (timingSafeEqual(digest(given), expected)) {
        return { token: "", clientId: "", scopes: [], expiresAt: Number.POSITIVE_INFINITY, caller: {} }
      }
      throw new OAuthError(OAuthErrorCode.InvalidToken, "This is not the token of this server.")
    }
  }
}

/** The answer to a client that looks for OAuth. Clients show its description. */
export const noOAuth = (): Refusal =>
  new Refusal(
    "path",
    JSON.stringify({
      error: OAuthErrorCode.InvalidRequest,
      error_description:
        "This server takes a bearer token, not OAuth. Ask its operator for the token, and let your client send the header Authorization: Bearer TOKEN."
    }),
    { status: 404, headers: { "content-type": "application/json", "cache-control": "no-store" } }
  )

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
