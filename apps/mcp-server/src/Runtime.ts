/**
 * The one runtime of the process: the library over `fetch`, and a log on standard error.
 */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as RetryPolicy from "@sailpoint-bulk-upload/core/RetryPolicy"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as References from "effect/References"
import type { LogLevel } from "./Cli.ts"

/**
 * An assistant waits 60 s at the most, so waits that fit are waited out, and for a longer one it is told at
 * once how long to stay away.
 */
const retryPolicy = RetryPolicy.make({ retries: 4, maxElapsed: "30 seconds", maxRetryAfter: "20 seconds" })

/** Standard output belongs to the protocol. */
const logToStderr = (level: LogLevel): Layer.Layer<never> =>
  Layer.merge(
    Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
    Layer.succeed(References.MinimumLogLevel, level)
  )

export const makeRuntime = (options: BulkUploads.Options, logLevel: LogLevel) =>
  ManagedRuntime.make(
    BulkUploads.layer(options).pipe(
      Layer.provide([RetryPolicy.layer(retryPolicy), FetchHttpClient.layer]),
      // The settings were checked before: what is wrong here is a mistake of this program.
      Layer.orDie,
      Layer.provideMerge(logToStderr(logLevel))
    )
  )
