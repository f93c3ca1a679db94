/**
 * Authorised requests to one tenant: the token fetched and put on, renewed once when it is refused, and the
 * whole retried as the policy says.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Metric from "effect/Metric"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as AccessToken from "../AccessToken.ts"
import type { BulkUploadError } from "../BulkUploadError.ts"
import * as Metrics from "../Metrics.ts"
import { RetryPolicy } from "../RetryPolicy.ts"
import * as Tenant from "../Tenant.ts"
import { type Call, makeSend } from "./send.ts"

export interface Options extends Tenant.Options {
  /** Who asks: see `AccessToken.Auth`. */
  readonly auth: AccessToken.Auth
  /**
   * The deadline of every attempt, from sending to decoded; waiting for a token or between tries is not in it.
   *
   * @default "10 seconds"
   */
  readonly attemptTimeout?: Duration.Input | undefined
}

export interface ApiClient {
  readonly tenant: Tenant.Tenant
  readonly request: <A>(call: Call<A>) => Effect.Effect<A, BulkUploadError>
}

export const make = (options: Options): Effect.Effect<ApiClient, Tenant.InvalidBaseUrl, HttpClient> =>
  Effect.gen(function* () {
    const tenant = yield* Tenant.make(options)
    const policy = yield* RetryPolicy
    const send = yield* makeSend({
      host: tenant.host,
      deadline: Duration.fromInputUnsafe(options.attemptTimeout ?? "10 seconds")
    })
    const accessToken =
      "accessToken" in options.auth
        ? AccessToken.fromStatic(options.auth.accessToken)
        : yield* AccessToken.fromClientCredentials(tenant, options.auth, send)

    const sendWith = <A>(call: Call<A>, token: Redacted.Redacted<string>) =>
      send({ ...call, request: HttpClientRequest.bearerToken(call.request, token) })

    const authorised = <A>(call: Call<A>) =>
      Effect.flatMap(accessToken.get, (token) =>
        Effect.catchTag(sendWith(call, token), "Unauthorized", (unauthorized) =>
          Effect.flatMap(accessToken.refused(token), (renewable) =>
            renewable
              ? Effect.flatMap(accessToken.get, (renewed) => sendWith(call, renewed))
              : Effect.fail(unauthorized)
          )
        )
      )

    return {
      tenant,
      request: (call) => tellRetry.pipe(Effect.andThen(authorised(call)), Effect.retry(policy))
    }
  })

/** Before each try but the first: one retry more in the metrics, and a line for who debugs. */
const tellRetry: Effect.Effect<void> = Effect.flatMap(
  Schedule.CurrentMetadata,
  ({ attempt, duration, input }) => {
    if (attempt === 0) return Effect.void
    const error = input as BulkUploadError
    return Metric.update(Metric.withAttributes(Metrics.retries, { reason: error._tag }), 1).pipe(
      Effect.andThen(
        Effect.logDebug(
          `Trying again (retry ${attempt}) after ${Duration.format(duration)}: ${error.summary}`
        )
      )
    )
  }
)
