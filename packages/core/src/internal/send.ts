/**
 * One attempt: a request sent and its answer decoded, in a span of its own, measured, with every failure
 * typed. Retrying, tokens and budgets are others' work.
 */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { HttpClient } from "effect/http/HttpClient"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as Metric from "effect/Metric"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { BulkUploadError } from "../BulkUploadError.ts"
import * as Metrics from "../Metrics.ts"
import { fromNoReply, fromReply, type Subject, textOf, unexpected } from "./classify.ts"
import { exchange, hardened, MAX_BODY_BYTES, type Reply, type Show } from "./reply.ts"

export type { Subject } from "./classify.ts"

/**
 * A request, and how to read the body of its 200 answer.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call<A> {
  readonly subject: Subject
  /** The path with `{id}` in place of an id: it names the span. */
  readonly route: string
  readonly request: HttpClientRequest
  /** What went along and must not come back in anything that is shown. */
  readonly secrets?: ReadonlyArray<Redacted.Redacted<string>>
  /** How large the body of an answer may be; 64 KiB unless said otherwise. */
  readonly maxBodyBytes?: number
  /** The value in the body, or what is wrong with the body. A text in it is shown through `show`. */
  readonly decode: (text: string, show?: Show) => Result.Result<A, string>
}

export type Send = <A>(call: Call<A>) => Effect.Effect<A, BulkUploadError>

/** One HTTP client, one host, one deadline for every attempt. */
export const makeSend = (options: {
  readonly host: string
  readonly deadline: Duration.Duration
}): Effect.Effect<Send, never, HttpClient> =>
  Effect.gen(function* () {
    const client = yield* hardened
    const warnIfDeprecated = makeDeprecationWarning()

    const attempt = <A>(call: Call<A>, measure: Measure) =>
      Effect.gen(function* () {
        const { attempt } = yield* Schedule.CurrentMetadata
        if (attempt > 0) yield* Effect.annotateCurrentSpan("http.request.resend_count", attempt)
        const limits = {
          deadline: options.deadline,
          maxBodyBytes: call.maxBodyBytes ?? MAX_BODY_BYTES
        }
        const reply = yield* exchange(client, call.request, limits, call.secrets ?? []).pipe(
          Effect.mapError((noReply) => fromNoReply(call.subject, noReply, options))
        )
        measure.status = reply.status
        yield* Effect.annotateCurrentSpan("http.response.status_code", reply.status)
        yield* warnIfDeprecated(reply, call.route)
        if (reply.status !== 200) {
          const now = yield* Clock.currentTimeMillis
          return yield* fromReply(call.subject, reply, { attempts: attempt + 1, now })
        }
        return yield* textOf(call.subject, reply, options.host).pipe(
          Result.flatMap((text) =>
            Result.mapError(call.decode(text, reply.show), (reason) =>
              unexpected(call.subject, reply, reason)
            )
          ),
          Effect.fromResult
        )
      })

    return (call) => {
      const attributes = attributesOf(call)
      return measured(attributes, (measure) => attempt(call, measure)).pipe(
        Effect.withSpan(
          `${call.request.method} ${call.route}`,
          { kind: "client", attributes: { ...attributes, "url.full": call.request.url } },
          { captureStackTrace: false }
        )
      )
    }
  })

/** SailPoint marks the answers of an API version that will be switched off. Said once, not at every call. */
const makeDeprecationWarning = () => {
  let warned = false
  return (reply: Reply, route: string): Effect.Effect<void> => {
    if (warned || reply.headers["x-deprecated"] !== "true") return Effect.void
    warned = true
    return Effect.logWarning(
      `SailPoint marks ${route} as deprecated (X-Deprecated: true); move to a newer API version (SAIL_API_VERSION) before it is switched off.`
    )
  }
}

type Attributes = Readonly<Record<string, string | number>>

/** OpenTelemetry's names for a request; the port where it is not the scheme's own. */
const attributesOf = ({ request, route }: Call<unknown>): Attributes => {
  const { hostname, port } = new URL(request.url)
  return {
    "http.request.method": request.method,
    "url.template": route,
    "server.address": hostname,
    ...(port === "" ? {} : { "server.port": Number(port) })
  }
}

/** What is known of an attempt beside how it ended. */
interface Measure {
  status?: number
}

const measured = <A>(
  request: Attributes,
  run: (measure: Measure) => Effect.Effect<A, BulkUploadError>
): Effect.Effect<A, BulkUploadError> =>
  Effect.flatMap(Clock.currentTimeNanos, (start) => {
    const measure: Measure = {}
    return Effect.onExit(run(measure), (exit) =>
      Effect.flatMap(Clock.currentTimeNanos, (end) => {
        const attributes = {
          ...request,
          ...(measure.status === undefined ? {} : { "http.response.status_code": String(measure.status) }),
          ...(Exit.isSuccess(exit) ? {} : { "error.type": Metrics.outcome(exit) })
        }
        return Effect.andThen(
          Exit.isSuccess(exit)
            ? Effect.void
            : Effect.annotateCurrentSpan("error.type", Metrics.outcome(exit)),
          Metric.update(Metric.withAttributes(Metrics.requestDuration, attributes), Number(end - start) / 1e9)
        )
      })
    )
  })
