/**
 * This library as a program has it, with all that it does by default: budget, token, retries, deadline, spans,
 * metrics. Only the numbers of the budget are others, or it would be the budget that is measured.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { answersAtOnce } from "./AnswersAtOnce.ts"
import type { MakeClient } from "./Client.ts"

export const layer = (
  baseUrl: string,
  budget: RequestBudget.Options,
  http: Layer.Layer<HttpClient>
): Layer.Layer<BulkUploads.BulkUploads> =>
  BulkUploads.layer({
    baseUrl,
    auth: { clientId: "sandbox", clientSecret: Redacted.make("sandbox-secret") }
  }).pipe(Layer.provide([http, RequestBudget.layer(RequestBudget.make(budget))]), Layer.orDie)

/** More than can be sent. */
const AMPLE = { requests: 1_000_000, per: "1 second" } as const

const client =
  (http: Layer.Layer<HttpClient>, beside: Layer.Layer<never> = Layer.empty): MakeClient =>
  async (baseUrl) => {
    const runtime = ManagedRuntime.make(Layer.merge(layer(baseUrl, AMPLE, http), beside))
    const uploads = await runtime.runPromise(BulkUploads.BulkUploads)
    return {
      statuses: (sourceIds, concurrency) =>
        runtime.runPromise(Effect.forEach(sourceIds, uploads.status, { concurrency, discard: true }))
    }
  }

export const withUndici = client(NodeHttpClient.layerUndici)

export const withFetch = client(FetchHttpClient.layer)

export const withoutNetwork = client(answersAtOnce)

const tracer = Tracer.make({ span: (options) => new Tracer.NativeSpan(options) })

export const tracedWithoutNetwork = client(answersAtOnce, Layer.succeed(Tracer.Tracer, tracer))
