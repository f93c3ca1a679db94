/** One attempt: sends a request and decodes its answer, in a separate span, with a metric and typed failures. */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Headers } from "effect/http/Headers"
import type { HttpClient } from "effect/http/HttpClient"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as Metric from "effect/Metric"
import type * as Redacted from "effect/Redacted"
import type * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { BulkUploadError } from "../BulkUploadError.ts"
import * as Metrics from "../Metrics.ts"
import { fromNoReply, fromReply, type Undecodable } from "./classify.ts"
import type { Subject } from "./errorText.ts"
import { nowOf } from "./monotonicClock.ts"
import { outcome } from "./outcome.ts"
import { makeExchange, type Reply, type Show } from "./reply.ts"
import { isTraced, whereTraced } from "./whereTraced.ts"

/** The documented bodies of statuses, errors and tokens have a few KiB; larger ones are not read to their end. */
const MAX_BODY_BYTES = 64 * 1024

/** A request, and how to decode the body of its 200 answer. */
export interface Call<A> {
  readonly subject: Subject
  /** The path template, which names the span. */
  readonly route: string
  readonly request: HttpClientRequest
  /** Runs right before the request leaves: after the wait for a token and for the rate limit. */
  readonly onSend?: Effect.Effect<unknown>
  /** The secrets in the request, which are removed from every text that is shown. */
  readonly secrets?: ReadonlyArray<Redacted.Redacted>
  /** Default: 64 KiB. */
  readonly maxBodyBytes?: number
  /** Returns the value in the body, or the reason why it has none. `show` makes texts in the body harmless. */
  readonly decode: (text: string, show?: Show, headers?: Headers) => Result.Result<A, Undecodable>
}

type Attributes = Readonly<Record<string, string | number>>

export type Send = <A>(call: Call<A>) => Effect.Effect<A, BulkUploadError>

export const makeSend = (options: {
  readonly host: string
  readonly deadline: Duration.Duration
  readonly transformClient: ((client: HttpClient) => HttpClient) | undefined
}): Effect.Effect<Send, never, HttpClient> =>
  Effect.gen(function* () {
    const exchange = yield* makeExchange(options.transformClient)
    let isDeprecationKnown = false
    /** SailPoint marks the answers of an API version that will be switched off. Each client warns once. */
    const warnOfDeprecation = (route: string, { headers }: Reply): Effect.Effect<void> => {
      if (isDeprecationKnown || headers["x-deprecated"] !== "true") return Effect.void
      isDeprecationKnown = true
      return Effect.logWarning(
        `SailPoint marks ${route} as deprecated (X-Deprecated: true); move to a newer API version before it is switched off.`
      )
    }
    const attempt = <A>(call: Call<A>, attributes: Attributes): Effect.Effect<A, BulkUploadError> =>
      Effect.withFiber((fiber) => {
        const clock = fiber.getRef(Clock.Clock)
        const { attempt } = fiber.getRef(Schedule.CurrentMetadata)
        const start = nowOf(clock)
        let status: number | undefined
        return (call.onSend ?? Effect.void).pipe(
          Effect.andThen(
            exchange({
              request: call.request,
              secrets: call.secrets ?? [],
              maxBodyBytes: call.maxBodyBytes ?? MAX_BODY_BYTES,
              deadline: options.deadline
            })
          ),
          Effect.matchEffect({
            onFailure: (noReply) => Effect.fail(fromNoReply(call.subject, noReply, options)),
            onSuccess: (reply) => {
              status = reply.status
              const { host } = options
              const now = clock.currentTimeMillisUnsafe()
              return Effect.andThen(
                warnOfDeprecation(call.route, reply),
                Effect.fromResult(fromReply(call, reply, { host, attempts: attempt + 1, now }))
              )
            }
          }),
          Effect.onExit((exit) => {
            const error = Exit.isSuccess(exit) ? undefined : outcome(exit)
            return Effect.andThen(
              isTraced(fiber) ? Effect.annotateCurrentSpan(ended(attempt, status, error)) : Effect.void,
              Metric.update(duration(attributes, status, error), (nowOf(clock) - start) / 1000)
            )
          })
        )
      })

    return (call) => {
      const { method, url } = call.request
      const { hostname, port } = new URL(url)
      // OpenTelemetry's names; the port is left out if it is the scheme's own.
      const attributes = {
        "http.request.method": method,
        "url.template": call.route,
        "server.address": hostname,
        ...(port === "" ? {} : { "server.port": Number(port) })
      }
      return attempt(call, attributes).pipe(
        whereTraced(`${method} ${call.route}`, () => ({
          kind: "client",
          attributes: { ...attributes, "url.full": url }
        }))
      )
    }
  })

/** The attributes of a span that are known when its attempt ends. */
const ended = (resends: number, status: number | undefined, error: string | undefined) => ({
  ...(resends === 0 ? {} : { "http.request.resend_count": resends }),
  ...(status === undefined ? {} : { "http.response.status_code": status }),
  ...(error === undefined ? {} : { "error.type": error })
})

const duration = (attributes: Attributes, status: number | undefined, error: string | undefined) =>
  Metric.withAttributes(Metrics.requestDuration, {
    ...attributes,
    ...(status === undefined ? {} : { "http.response.status_code": String(status) }),
    ...(error === undefined ? {} : { "error.type": error })
  })
