/**
 * The library's services for one run: of the tenant in the environment, or of a local sandbox.
 */
import * as ApiClient from "@sailpoint-bulk-upload/core/ApiClient"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Explanation from "@sailpoint-bulk-upload/core/Explanation"
import * as NonEmployeeSources from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as RetryPolicy from "@sailpoint-bulk-upload/core/RetryPolicy"
import * as Settings from "@sailpoint-bulk-upload/core/Settings"
import { readFiles, SECRETS } from "@sailpoint-bulk-upload/core/workspace"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { readFileSync } from "node:fs"

const services = Layer.merge(BulkUploads.layerApiClient, NonEmployeeSources.layerApiClient)

/** Loaded only for `--sandbox`. */
const ofSandbox = Layer.unwrap(
  Effect.map(
    Effect.promise(() => import("./sandbox.ts")),
    ({ apiClient }) => apiClient
  )
)

/** A user watches, so a failure is reported after half a minute. */
const retryPolicy = RetryPolicy.make({ retries: 4, maxElapsed: "30 seconds" })

const readText = (path: string): string => readFileSync(path, "utf8")

/** The environment variables, with secrets read from files. */
const environment = Layer.unwrap(
  Effect.suspend(() => {
    const { env, problems } = readFiles(process.env, SECRETS, readText)
    return problems.length > 0
      ? Effect.fail(new Settings.InvalidSettings({ problems }))
      : Effect.succeed(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
  })
)

const client = (sandbox: boolean) =>
  sandbox ? Layer.orDie(ofSandbox) : ApiClient.layerConfig({ retryPolicy }).pipe(Layer.provide(environment))

/** The services; without `--sandbox`, of the tenant that `SAIL_*` names. */
export const layer = (sandbox: boolean) =>
  Layer.provide(services, client(sandbox)).pipe(Layer.provide(FetchHttpClient.layer))

const withExplanation = (options: Explanation.Options) =>
  Layer.merge(services, Explanation.layerApiClient(options))

/** The services with the explanation, which is complete on the sandbox. */
export const layerExplanation = (sandbox: boolean) =>
  (sandbox
    ? withExplanation({ countRecords: true, auditEvents: true })
    : Layer.unwrap(Effect.map(Settings.read(), withExplanation)).pipe(Layer.provide(environment))
  ).pipe(Layer.provide(client(sandbox)), Layer.provide(FetchHttpClient.layer))
