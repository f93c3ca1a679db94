/**
 * A client whose secret the tests search for in every output.
 */
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"

export const SECRET = "canary-3f9a-secret"

export const client: Client.Client = {
  clientId: "canary-client",
  clientSecret: SECRET,
  scopes: [Client.READ_SCOPE],
  lifetime: "749 seconds"
}
