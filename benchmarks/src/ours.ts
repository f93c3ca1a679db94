/**
 * This library with its defaults: rate limit, token, retries, deadline, spans, metrics. Only the numbers of the limit
 * differ, because SailPoint's limit would dominate the figures.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import type * as ApiClient from "@sailpoint-bulk-upload/core/ApiClient"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import type * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
import * as SharedBudget from "@sailpoint-bulk-upload/core/SharedBudget"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import type { MakeClient } from "./Client.ts"

export const layer = (
  baseUrl: string,
  requestBudget: ApiClient.Options["requestBudget"],
  http: Layer.Layer<HttpClient> = NodeHttpClient.layerUndici
): Layer.Layer<BulkUploads.BulkUploads> =>
  BulkUploads.layer({
    baseUrl,
    auth: { clientId: "sandbox", clientSecret: Redacted.make("sandbox-secret") },
    requestBudget
  }).pipe(Layer.provide(http), Layer.orDie)

/** Shares the limit through the Redis that listens on this socket. */
export const sharedLayer = (
  baseUrl: string,
  budget: RequestBudget.Options,
  redisSocket: string
): Layer.Layer<BulkUploads.BulkUploads> =>
  Layer.unwrap(Effect.map(SharedBudget.make(budget), (shared) => layer(baseUrl, shared))).pipe(
    Layer.provide(NodeRedis.layer({ socket: { path: redisSocket, tls: false }, disableOfflineQueue: true })),
    Layer.orDie
  )

export const make: MakeClient = async (baseUrl) => {
  const runtime = ManagedRuntime.make(layer(baseUrl, { requests: 1_000_000, per: "1 second" }))
  const uploads = await runtime.runPromise(BulkUploads.BulkUploads)
  return {
    statuses: (sourceIds, concurrency) =>
      runtime.runPromise(Effect.forEach(sourceIds, uploads.status, { concurrency, discard: true }))
  }
}
