/** The library against a sandbox over real sockets. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import type { Endpoint } from "@sailpoint-bulk-upload/sandbox/Endpoint"
import type * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as ApiClient from "../../src/ApiClient.ts"
import * as BulkUploads from "../../src/BulkUploads.ts"

/** The HTTP clients that users can choose. */
export const transports: ReadonlyArray<readonly [string, Layer.Layer<HttpClient>]> = [
  ["fetch", FetchHttpClient.layer],
  ["undici", NodeHttpClient.layerUndici],
  ["node:http", NodeHttpClient.layerNodeHttp]
]

export const auth = { clientId: "sandbox", clientSecret: Redacted.make("sandbox-secret") }

/** The API client on the sandbox that is in the context. */
export const api = (
  options: Partial<ApiClient.Options> = {},
  transport: Layer.Layer<HttpClient> = FetchHttpClient.layer
) =>
  Layer.unwrap(
    Effect.map(Sandbox.Sandbox, ({ url }) => ApiClient.layer({ baseUrl: url, auth, ...options }))
  ).pipe(Layer.provide(transport))

/** The service on the sandbox that is in the context. */
export const client = (...given: Parameters<typeof api>) =>
  Layer.provide(BulkUploads.layerApiClient, api(...given))

/** A new sandbox, and the service on it. */
export const tenant = (
  options: Partial<ApiClient.Options> & { readonly sandbox?: Sandbox.Options } = {},
  transport?: Layer.Layer<HttpClient>
) => client(options, transport).pipe(Layer.provideMerge(Sandbox.layer(options.sandbox)))

/** Plans a fault of the sandbox that is in the context. */
export const plan = (endpoint: Endpoint, fault: Fault.Fault, times = 1) =>
  Effect.flatMap(Sandbox.Sandbox, (sandbox) => sandbox.fail({ endpoint, fault, times }))
