/**
 * The library's services over one API client and HTTP client, and a log on standard error.
 */
import {
  ApiClient,
  BulkUploads,
  Explanation,
  NonEmployeeSources,
  RetryPolicy
} from "@sailpoint-bulk-upload/core"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import packageJson from "../../package.json" with { type: "json" }
import type { Settings } from "../settings/TenantSettings.ts"
import * as StderrLog from "../telemetry/StderrLog.ts"
import { completeSources, type SourceCompletion } from "./completeSources.ts"

export type Services =
  | ApiClient.ApiClient
  | BulkUploads.BulkUploads
  | Explanation.Explanation
  | NonEmployeeSources.NonEmployeeSources
  | SourceCompletion

const RETRIES = {
  /**
   * For serving: many assistants cancel a call after 60 s. Waits of up to 20 s, which are lengthened by up to 1.1 s, are
   * part of the call; for a longer one, the call fails at once with the time to wait.
   */
  patient: RetryPolicy.make({ retries: 4, maxElapsed: "22 seconds", maxRetryAfter: "20 seconds" }),
  /** For `check`: a user watches, so a second failure is reported. */
  brisk: RetryPolicy.make({ retries: 1, maxRetryAfter: "5 seconds" })
}

export type Retries = keyof typeof RETRIES

/** The longest back-off that a call waits for; many assistants cancel a call after 60 s. */
const MAX_BACK_OFF = "20 seconds"

/** Less than the 45 s after which a call times out. */
const EXPLAIN_WITHIN = "40 seconds"

/** Some firewalls reject requests that do not name their client. */
const USER_AGENT = `sailpoint-bulk-upload-mcp/${packageJson.version}`

/** Node's own `fetch`, which follows Node's settings for proxies and certificate authorities. */
const http = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.mapRequest(HttpClientRequest.setHeader("user-agent", USER_AGENT))
  )
).pipe(Layer.provide(FetchHttpClient.layer))

/** Provides the API client with a rate limit of this process, or with one shared through Redis if that is configured. */
const apiClient = ({ redisUrl, requestBudget, ...tenant }: Settings, retries: Retries) => {
  const numbers = { ...requestBudget, maxPause: MAX_BACK_OFF } as const
  const options = { ...tenant, retryPolicy: RETRIES[retries] }
  return redisUrl === undefined
    ? ApiClient.layer({ ...options, requestBudget: numbers })
    : Layer.unwrap(
        Effect.promise(async () =>
          (await import("../redis/SharedLimit.ts")).layer(redisUrl, numbers, options)
        )
      )
}

export const layer = (
  settings: Settings,
  log: StderrLog.Options,
  retries: Retries,
  telemetry: Layer.Layer<never> = Layer.empty
): Layer.Layer<Services> =>
  Layer.mergeAll(
    BulkUploads.layerApiClient,
    Explanation.layerApiClient({
      countRecords: settings.countRecords,
      auditEvents: settings.auditEvents,
      deadline: EXPLAIN_WITHIN
    }),
    completeSources
  ).pipe(
    Layer.provideMerge(NonEmployeeSources.layerApiClient),
    Layer.provideMerge(apiClient(settings, retries)),
    Layer.provide(http),
    // The settings were checked before, so a failure here is a bug.
    Layer.orDie,
    Layer.provideMerge(telemetry),
    Layer.provideMerge(StderrLog.layer(log))
  )
