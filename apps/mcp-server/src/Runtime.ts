/**
 * The one runtime of the process: the library, what it asks SailPoint with, and a log on standard error.
 */
import * as ApiClient from "@sailpoint-bulk-upload/core/ApiClient"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as NonEmployeeSources from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
import * as RetryPolicy from "@sailpoint-bulk-upload/core/RetryPolicy"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { LogLevel } from "./Cli.ts"
import * as SourceCompletion from "./SourceCompletion.ts"
import type { Settings } from "./Settings.ts"
import * as StderrLog from "./StderrLog.ts"

/**
 * Serving: an assistant waits 60 s at the most, so waits that fit are waited out, and for a longer one it is
 * told at once how long to stay away.
 */
export const patient = RetryPolicy.make({ retries: 4, maxElapsed: "20 seconds", maxRetryAfter: "20 seconds" })

/** Checking: somebody sits in front of it, and what fails twice in a row is worth telling. */
export const brisk = RetryPolicy.make({ retries: 1, maxRetryAfter: "5 seconds" })

/** Nobody is held up for longer than an assistant waits. */
const MAX_PAUSE = "20 seconds"

/** The budget, and the token, of this process; or of all that share a Redis, which is loaded only then. */
const budget = ({ redisUrl, requestBudget }: Settings): Layer.Layer<never> => {
  const numbers = { ...requestBudget, maxPause: MAX_PAUSE } as const
  return redisUrl === undefined
    ? RequestBudget.layer(RequestBudget.make(numbers))
    : Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./Sharing.ts")),
          (Sharing) => Sharing.layer(redisUrl, numbers)
        )
      )
}

/** Not needed for a start. */
const http = Layer.unwrap(
  Effect.map(
    Effect.promise(() => import("./SailPointHttp.ts")),
    (SailPointHttp) => SailPointHttp.layer
  )
)

/** What tools and commands ask: the library's services over one API client. */
export type Services =
  | ApiClient.ApiClient
  | BulkUploads.BulkUploads
  | NonEmployeeSources.NonEmployeeSources
  | SourceCompletion.SourceCompletion

export type Runtime = ManagedRuntime.ManagedRuntime<Services, never>

export const makeRuntime = (
  options: Settings,
  logLevel: LogLevel,
  retryPolicy: RetryPolicy.Policy,
  telemetry: Layer.Layer<never> = Layer.empty
): Runtime =>
  ManagedRuntime.make(
    Layer.merge(BulkUploads.layerApiClient, SourceCompletion.layer).pipe(
      Layer.provideMerge(NonEmployeeSources.layerApiClient),
      Layer.provideMerge(ApiClient.layer(options)),
      Layer.provide([RetryPolicy.layer(retryPolicy), budget(options), http]),
      // The settings were checked before: what is wrong here is a mistake of this program.
      Layer.orDie,
      Layer.provideMerge(telemetry),
      Layer.provideMerge(StderrLog.layer(logLevel))
    )
  )
