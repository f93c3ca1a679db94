/** An HTTP client whose answers a test scripts. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"

export const scriptedHttp = (
  answer: (request: HttpClientRequest) => Effect.Effect<Response, HttpClientError>
): Layer.Layer<HttpClient.HttpClient> =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.map(answer(request), (response) => HttpClientResponse.fromWeb(request, response))
    )
  )

export const isToken = ({ url }: HttpClientRequest): boolean => url.endsWith("/oauth/token")
