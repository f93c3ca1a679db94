/**
 * The library's services for one run: of the tenant in the environment, or of a local sandbox.
 */
import * as ApiClient from "@sailpoint-bulk-upload/core/ApiClient"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as NonEmployeeSources from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

const services = Layer.merge(BulkUploads.layerApiClient, NonEmployeeSources.layerApiClient)

/** Loaded only for `--sandbox`. */
const ofSandbox = Layer.unwrap(
  Effect.map(
    Effect.promise(() => import("./sandbox.ts")),
    ({ apiClient }) => apiClient
  )
)

/** The services; without `--sandbox`, of the tenant that `SAIL_*` names. */
export const layer = (sandbox: boolean) => {
  const client = sandbox ? Layer.orDie(ofSandbox) : ApiClient.layerConfig()
  return Layer.provide(services, client).pipe(Layer.provide(FetchHttpClient.layer))
}
