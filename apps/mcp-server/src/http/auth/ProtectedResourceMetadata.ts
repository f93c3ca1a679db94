/**
 * The document with the authorization server that issues tokens for this server (RFC 9728).
 */
import { getOAuthProtectedResourceMetadataUrl } from "@modelcontextprotocol/server"
import { EVERY_PAGE } from "../guards/CrossOrigin.ts"
import type { OAuth } from "../../settings/HttpSettings.ts"

export const url = ({ publicUrl }: OAuth): string => getOAuthProtectedResourceMetadataUrl(publicUrl)

/** Returns its paths: next to the endpoint's, as the RFC says, and at the root, where some clients look. */
export const paths = (oauth: OAuth): ReadonlyArray<string> => [
  "/.well-known/oauth-protected-resource",
  "/.well-known/oauth-protected-resource/mcp",
  new URL(url(oauth)).pathname
]

/** Answers with the document, which is public, so assistants in a browser can read it too. */
export const answer = ({ issuer, resource, scopes }: OAuth): Response =>
  Response.json(
    {
      resource,
      authorization_servers: [issuer],
      bearer_methods_supported: ["header"],
      ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
      resource_name: "SailPoint bulk upload status"
    },
    { headers: { ...EVERY_PAGE, "cache-control": "max-age=300" } }
  )
