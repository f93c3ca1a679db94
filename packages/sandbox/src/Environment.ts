/**
 * The settings of a client of the sandbox, under the names that SailPoint's own SDKs use, so that a program
 * that reads its settings from the environment runs on the sandbox without a change.
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
 *   Layer.provide(Environment.layer()) // without this line it is the tenant in the environment
 * )
 *
 * const program = getBulkUploadStatus(Source.named("Done").sourceId).pipe(Effect.provide(Live))
 * ```
 *
 * @since 0.1.0
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Client from "./Client.ts"
import * as Sandbox from "./Sandbox.ts"

/**
 * The variables that a client of a running sandbox needs; the sandbox's first client, unless another is given.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Environment, Sandbox } from "@sailpoint-bulk-upload/sandbox"
 *
 * const settings = Effect.map(Sandbox.Sandbox, (sandbox) => Environment.variables(sandbox))
 * ```
 *
 * @category getters
 * @since 0.1.0
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
 * A sandbox, and its variables as the configuration of what the layer is provided to. Nothing else is in that
 * configuration: a tenant in the environment of the process is never asked by mistake.
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
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Sandbox.Options = {}): Layer.Layer<Sandbox.Sandbox, ServeError> =>
  ConfigProvider.layer(
    Effect.map(Sandbox.Sandbox, (sandbox) => ConfigProvider.fromUnknown(variables(sandbox)))
  ).pipe(Layer.provideMerge(Sandbox.layer(options)))
