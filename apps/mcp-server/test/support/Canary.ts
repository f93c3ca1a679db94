/** A client whose secret the tests search for in every output. */
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"

export const SECRET = "canary-3f9a-secret"

export const client: Client.Client = {
  clientId: "canary-client",
  clientSecret: SECRET,
  scopes: [Client.READ_SCOPE],
  lifetime: "749 seconds"
}

const withoutClient = { SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: "" }

/** Right and wrong credentials, each with its secret in the last variable. */
export const credentials: ReadonlyArray<readonly [string, Readonly<Record<string, string>>]> = [
  ["the right secret", { SAIL_CLIENT_ID: client.clientId, SAIL_CLIENT_SECRET: SECRET }],
  ["a wrong secret", { SAIL_CLIENT_ID: client.clientId, SAIL_CLIENT_SECRET: "canary-wrong" }],
  ["a token that SailPoint does not know", { ...withoutClient, SAIL_ACCESS_TOKEN: "canary-token" }],
  ["a token that is not valid in a header", { ...withoutClient, SAIL_ACCESS_TOKEN: "canary token\u00e9" }]
]
