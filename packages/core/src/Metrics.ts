/**
 * The counts and durations of the library, as Effect metrics. HTTP names and units follow OpenTelemetry's semantic
 * conventions for HTTP clients; every exporter of Effect's metrics exports these.
 *
 * @example
 * ```ts
 * import * as Metric from "effect/Metric"
 * import { Metrics } from "@sailpoint-bulk-upload/core"
 *
 * const limited = Metric.value(Metric.withAttributes(Metrics.retries, { reason: "RateLimited" }))
 * ```
 */
import * as Metric from "effect/Metric"

/**
 * Records the seconds from sending a request to its decoded answer, for every attempt. Attributes: `http.request.method`,
 * `url.template`, `server.address`, `server.port` (unless it is the scheme's default) and, if known, `http.response.status_code`
 * and `error.type`. The bucket boundaries are those of the conventions.
 */
export const requestDuration = Metric.histogram("http.client.request.duration", {
  description: "Duration of HTTP client requests.",
  attributes: { unit: "s" },
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
})

/** Counts status calls that ended, by `outcome`: `ok`, `interrupted`, `defect`, or the tag of the error. */
export const statusCalls = Metric.counter("sailpoint.bulk_upload.status.calls", {
  description: "Calls for the status of a bulk upload.",
  incremental: true
})

/** Counts requests that the retry policy sent again, by `reason`: the tag of the error before. */
export const retries = Metric.counter("sailpoint.bulk_upload.retries", {
  description: "Requests that were sent again.",
  incremental: true
})

/** Counts token requests, by `outcome`, as `statusCalls` does. */
export const tokenRequests = Metric.counter("sailpoint.bulk_upload.token.requests", {
  description: "Requests for an access token.",
  incremental: true
})

/** Records the seconds that requests waited for a slot in the rate limit. Requests that did not wait do not count. */
export const budgetWait = Metric.histogram("sailpoint.bulk_upload.budget.wait", {
  description: "Time that requests waited for a slot in the rate limit.",
  attributes: { unit: "s" },
  boundaries: [0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120]
})
