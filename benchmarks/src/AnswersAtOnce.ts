/**
 * An HTTP client that answers without a network, so that only the library's own work remains.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"

const TOKEN = JSON.stringify({ access_token: "token", token_type: "bearer", expires_in: 43_200 })
const STATUS = JSON.stringify({ status: "COMPLETED" })

export const answersAtOnce: Layer.Layer<HttpClient.HttpClient> = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) =>
    Effect.sync(() => {
      const body = request.method === "POST" ? TOKEN : STATUS
      const headers = { "content-type": "application/json", "content-length": String(body.length) }
      return HttpClientResponse.fromWeb(request, new Response(body, { headers }))
    })
  )
)
