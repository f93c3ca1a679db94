/**
 * The environment variables of a client of the sandbox, with the names of SailPoint's SDKs, so that a program that reads
 * them runs on the sandbox unchanged.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { BulkUploads, getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
 * import { Environment, Source } from "@sailpoint-bulk-upload/sandbox"
 *
 * const Live = BulkUploads.layerConfig().pipe(
 *   Layer.provide(FetchHttpClient.layer),
 *   Layer.provide(Environment.layer()) // without this line, the program uses the tenant in the environment
 * )
 *
 * const program = getBulkUploadStatus(Source.named("Done").sourceId).pipe(Effect.provide(Live))
 * ```
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Client from "./Client.ts"
import * as Sandbox from "./Sandbox.ts"

/**
 * Returns the variables for a client of a running sandbox, by default for its first client.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Environment, Sandbox } from "@sailpoint-bulk-upload/sandbox"
 *
 * const settings = Effect.map(Sandbox.Sandbox, (sandbox) => Environment.variables(sandbox))
 * ```
 */
export const variables = (
  { clients, url }: Pick<Sandbox.Service, "clients" | "url">,
  client: Client.Client = clients[0] ?? Client.admin
): Readonly<Record<"SAIL_BASE_URL" | "SAIL_CLIENT_ID" | "SAIL_CLIENT_SECRET", string>> => ({
  SAIL_BASE_URL: url,
  SAIL_CLIENT_ID: client.clientId,
  SAIL_CLIENT_SECRET: client.clientSecret
})

/**
 * Starts a sandbox and provides its variables as the configuration, without the environment of the process, so that no
 * program calls a real tenant by mistake.
 *
 * @example
 * ```ts
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { BulkUploads } from "@sailpoint-bulk-upload/core"
 * import { Environment } from "@sailpoint-bulk-upload/sandbox"
 *
 * const Test = BulkUploads.layerConfig().pipe(
 *   Layer.provide(FetchHttpClient.layer),
 *   Layer.provideMerge(Environment.layer())
 * )
 * ```
 */
export const layer = (options: Sandbox.Options = {}): Layer.Layer<Sandbox.Sandbox, ServeError> =>
  ConfigProvider.layer(
    Effect.map(Sandbox.Sandbox, (sandbox) => ConfigProvider.fromUnknown(variables(sandbox)))
  ).pipe(Layer.provideMerge(Sandbox.layer(options)))
