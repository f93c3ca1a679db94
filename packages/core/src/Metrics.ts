/**
 * What the library counts, as Effect metrics. HTTP names and units follow OpenTelemetry's semantic
 * conventions for HTTP clients; whatever exports Effect's metrics exports these.
 *
 * @example
 * ```ts
 * import * as Metric from "effect/Metric"
 * import { Metrics } from "@sailpoint-bulk-upload/core"
 *
 * const limited = Metric.value(Metric.withAttributes(Metrics.retries, { reason: "RateLimited" }))
 * ```
 *
 * @since 0.1.0
 */
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"

/**
 * Seconds from sending a request to its decoded answer, for every attempt. Attributes: `http.request.method`,
 * `url.template`, `server.address`, and, where there is one, `http.response.status_code` and `error.type`. The boundaries are those
 * that the conventions advise.
 *
 * @category metrics
 * @since 0.1.0
 */
export const requestDuration = Metric.histogram("http.client.request.duration", {
  description: "Duration of HTTP client requests.",
  attributes: { unit: "s" },
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
})

/**
 * Status calls that ended, by `outcome`: `ok`, `interrupted`, `defect`, or the tag of the error.
 *
 * @category metrics
 * @since 0.1.0
 */
export const statusCalls = Metric.counter("sailpoint.bulk_upload.status.calls", {
  description: "Calls for the status of a bulk upload.",
  incremental: true
})

/**
 * Requests sent again by the retry policy, by `reason`: the tag of the error before.
 *
 * @category metrics
 * @since 0.1.0
 */
export const retries = Metric.counter("sailpoint.bulk_upload.retries", {
  description: "Requests that were sent again.",
  incremental: true
})

/**
 * Access tokens asked for, by `outcome`: `ok`, or the tag of the error.
 *
 * @category metrics
 * @since 0.1.0
 */
export const tokenRequests = Metric.counter("sailpoint.bulk_upload.token.requests", {
  description: "Requests for an access token.",
  incremental: true
})

/**
 * Seconds that requests waited for a slot in the rate limit. Requests that did not wait do not count.
 *
 * @category metrics
 * @since 0.1.0
 */
export const budgetWait = Metric.histogram("sailpoint.bulk_upload.budget.wait", {
  description: "Time that requests waited for a slot in the rate limit.",
  attributes: { unit: "s" },
  boundaries: [0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120]
})

/**
 * How an effect ended, as the value of an `outcome` attribute.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Metric from "effect/Metric"
 * import { BulkUploadError, Metrics } from "@sailpoint-bulk-upload/core"
 *
 * const runs = Metric.counter("runs")
 *
 * const counted = <A>(run: Effect.Effect<A, BulkUploadError.BulkUploadError>) =>
 *   Effect.onExit(run, (exit) =>
 *     Metric.update(Metric.withAttributes(runs, { outcome: Metrics.outcome(exit) }), 1)
 *   )
 * ```
 *
 * @category attributes
 * @since 0.1.0
 */
export const outcome = (exit: Exit.Exit<unknown, { readonly _tag: string }>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  const [reason] = exit.cause.reasons
  if (reason?._tag === "Fail") return reason.error._tag
  return reason?._tag === "Interrupt" ? "interrupted" : "defect"
}
