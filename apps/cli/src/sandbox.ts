/**
 * A sandbox in this process, in which an upload to the source Retail has just been made.
 */
import * as ApiClient from "@sailpoint-bulk-upload/core/ApiClient"
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const CSV = "accountName,firstName,lastName,email,manager\nw.lee,Wren,Lee,w@example.com,a.ortiz"

export const apiClient = Layer.unwrap(
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make()
    yield* sandbox.upload(Source.named("Retail").sourceId, CSV)
    const { clientId, clientSecret } = Client.admin
    return ApiClient.layer({
      baseUrl: sandbox.url,
      auth: { clientId, clientSecret: Redacted.make(clientSecret) }
    })
  })
)
