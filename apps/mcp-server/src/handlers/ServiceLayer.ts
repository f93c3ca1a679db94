/**
 * The library's services over one API client, with what they ask SailPoint through, and a log on standard error.
 */
import * as ApiClient from "@sailpoint-bulk-upload/core/ApiClient"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Explanation from "@sailpoint-bulk-upload/core/Explanation"
import * as NonEmployeeSources from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as RetryPolicy from "@sailpoint-bulk-upload/core/RetryPolicy"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Settings } from "../settings/TenantSettings.ts"
import type { SourceCompletion } from "./SourceCompletion.ts"
import * as StderrLog from "../telemetry/StderrLog.ts"
import { completeSources } from "./completeSources.ts"
import * as SailPointHttp from "./SailPointHttp.ts"

export type Services =
  | ApiClient.ApiClient
  | BulkUploads.BulkUploads
  | Explanation.Explanation
  | NonEmployeeSources.NonEmployeeSources
  | SourceCompletion

const RETRIES = {
  /**
   * Serving: an assistant waits 60 s at the most, so waits that fit are waited out, and for a longer one it is
   * told at once how long to stay away.
   */
  patient: RetryPolicy.make({ retries: 4, maxElapsed: "20 seconds", maxRetryAfter: "20 seconds" }),
  /** Checking: somebody sits in front of it, and what fails twice in a row is worth telling. */
  brisk: RetryPolicy.make({ retries: 1, maxRetryAfter: "5 seconds" })
}

export type Retries = keyof typeof RETRIES

/** Nobody is held up for longer than an assistant waits. */
const MAX_PAUSE = "20 seconds"

/** Below the 45 s within which every call is answered. */
const EXPLAIN_WITHIN = "40 seconds"

/** The API client, under the limit of this process or of all that share a Redis, which is loaded only then. */
const apiClient = ({ redisUrl, requestBudget, ...tenant }: Settings, retries: Retries) => {
  const numbers = { ...requestBudget, maxPause: MAX_PAUSE } as const
  const options = { ...tenant, retryPolicy: RETRIES[retries] }
  return redisUrl === undefined
    ? ApiClient.layer({ ...options, requestBudget: numbers })
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("../redis/SharedLimit.ts")),
          (SharedLimit) => SharedLimit.layer(redisUrl, numbers, options)
        )
      )
}

export const layer = (
  settings: Settings,
  log: StderrLog.Options,
  retries: Retries,
  telemetry: Layer.Layer<never>
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
    Layer.provide(SailPointHttp.layer),
    // The settings were checked before: what is wrong here is a mistake of this program.
    Layer.orDie,
    Layer.provideMerge(telemetry),
    Layer.provideMerge(StderrLog.layer(log))
  )
