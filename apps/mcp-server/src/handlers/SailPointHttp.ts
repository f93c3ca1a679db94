/**
 * The HTTP client for requests to SailPoint: Node's `fetch`, which follows Node's settings for proxies and certificate
 * authorities.
 */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import packageJson from "../../package.json" with { type: "json" }

/** Some firewalls reject requests that do not name their client. */
const USER_AGENT = `sailpoint-bulk-upload-mcp/${packageJson.version}`

export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.mapRequest(HttpClientRequest.setHeader("user-agent", USER_AGENT))
  )
).pipe(Layer.provide(FetchHttpClient.layer))
