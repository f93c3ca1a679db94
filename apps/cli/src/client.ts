import {
  ApiClient,
  BulkUploads,
  Explanation,
  NonEmployeeSources,
  RetryPolicy,
  Settings
} from "@sailpoint-bulk-upload/core"
import { readFiles, SECRETS } from "@sailpoint-bulk-upload/core/workspace"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { readFileSync } from "node:fs"

/** A user watches, so a failure is reported after half a minute. */
const retryPolicy = RetryPolicy.make({ retries: 4, maxElapsed: "30 seconds" })

/** The environment variables, with secrets read from files. */
const environment = Layer.unwrap(
  Effect.suspend(() => {
    const { env, problems } = readFiles(process.env, SECRETS, (path) => readFileSync(path, "utf8"))
    return problems.length > 0
      ? Effect.fail(new Settings.InvalidSettings({ problems }))
      : Effect.succeed(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
  })
)

const services = (options: Explanation.Options) =>
  Layer.mergeAll(
    BulkUploads.layerApiClient,
    NonEmployeeSources.layerApiClient,
    Explanation.layerApiClient(options)
  )

const ofTenant = Layer.unwrap(Effect.map(Settings.read(), services)).pipe(
  Layer.provide(ApiClient.layerConfig({ retryPolicy })),
  Layer.provide(environment)
)

/** Counts records and reads audit events, because made-up data needs no consent. */
const ofSandbox = services({ countRecords: true, auditEvents: true }).pipe(
  Layer.provide(Layer.unwrap(Effect.promise(async () => (await import("./sandbox.ts")).apiClient))),
  Layer.orDie
)

/** Provides the services for a sandbox, or for the tenant in `SAIL_*`. */
export const layer = (sandbox: boolean) =>
  Layer.provide(sandbox ? ofSandbox : ofTenant, FetchHttpClient.layer)
