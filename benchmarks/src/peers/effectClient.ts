/** Effect's own HTTP client and nothing else: what no library on it can do without. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { answersAtOnce } from "../AnswersAtOnce.ts"
import { type MakeClient, statusUrl, TOKEN } from "../Client.ts"

const client =
  (http: Layer.Layer<HttpClient.HttpClient>): MakeClient =>
  async (baseUrl) => {
    const runtime = ManagedRuntime.make(http)
    const { execute } = (await runtime.runPromise(HttpClient.HttpClient)).pipe(
      HttpClient.transformResponse(Effect.provideService(HttpClient.TracerDisabledWhen, () => true))
    )
    const status = (sourceId: string) =>
      HttpClientRequest.get(statusUrl(baseUrl, sourceId)).pipe(
        HttpClientRequest.acceptJson,
        HttpClientRequest.bearerToken(TOKEN),
        execute,
        Effect.flatMap(({ text }) => text),
        Effect.map((text): unknown => JSON.parse(text))
      )
    return {
      statuses: (sourceIds, concurrency) =>
        runtime.runPromise(Effect.forEach(sourceIds, status, { concurrency, discard: true }))
    }
  }

export const withUndici = client(NodeHttpClient.layerUndici)

export const withoutNetwork = client(answersAtOnce)
