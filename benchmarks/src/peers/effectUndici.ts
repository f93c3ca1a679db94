/** Effect's own client over undici, and nothing else: what no library on it can do without. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { type MakeClient, statusUrl, TOKEN } from "../Client.ts"

export const make: MakeClient = async (baseUrl) => {
  const runtime = ManagedRuntime.make(NodeHttpClient.layerUndici)
  const client = (await runtime.runPromise(HttpClient.HttpClient)).pipe(
    HttpClient.transformResponse(Effect.provideService(HttpClient.TracerDisabledWhen, () => true))
  )
  const status = (sourceId: string) =>
    HttpClientRequest.get(statusUrl(baseUrl, sourceId)).pipe(
      HttpClientRequest.acceptJson,
      HttpClientRequest.bearerToken(TOKEN),
      client.execute,
      Effect.flatMap(({ text }) => text),
      Effect.map((text): unknown => JSON.parse(text))
    )
  return {
    statuses: (sourceIds, concurrency) =>
      runtime.runPromise(Effect.forEach(sourceIds, status, { concurrency, discard: true }))
  }
}
