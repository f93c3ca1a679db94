/**
 * A client whose secret is looked for in everything that is shown.
 */
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"

export const SECRET = "canary-3f9a-secret"

export const client: Client.Client = {
  clientId: "canary-client",
  clientSecret: SECRET,
  scopes: [Client.READ_SCOPE],
  lifetime: "749 seconds"
}
