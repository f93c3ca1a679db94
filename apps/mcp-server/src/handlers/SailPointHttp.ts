/**
 * What requests to SailPoint are sent with.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { env, execArgv } from "node:process"
import packageJson from "../../package.json" with { type: "json" }

/**
 * Whether Node itself was told to use the proxies that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name
 * (https://nodejs.org/api/cli.html#node_use_env_proxy1).
 */
const usesEnvProxy = (): boolean =>
  env["NODE_USE_ENV_PROXY"] === "1" ||
  [...execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/u)].some(
    // Node takes either for the other.
    (option) => option.replaceAll("_", "-") === "--use-env-proxy"
  )

/** Where undici keeps, for all its versions in a process, what a module that was loaded before this has set. */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1")

/**
 * Undici's own client, which takes a third off a tool call that goes through `fetch`; but `fetch` where somebody has
 * chosen how that goes out, because this is how a company's proxy is come by. HTTP/1.1 as `fetch` has it, and of undici's
 * parsers the one that `leanUndici.ts` leaves in.
 */
const client = (): Layer.Layer<HttpClient.HttpClient> =>
  usesEnvProxy() || DISPATCHER in globalThis
    ? FetchHttpClient.layer
    : NodeHttpClient.layerUndiciOptions({ allowH2: false, useMilo: false })

/**
 * By itself undici does not say who asks, and there are firewalls that let through no one who does not. Nor does it
 * unpack anything, and who is not told so may compress what it answers (RFC 9110, section 12.5.3).
 */
const HEADERS = {
  "user-agent": `sailpoint-bulk-upload-mcp/${packageJson.version}`,
  "accept-encoding": "identity"
}

export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, HttpClient.mapRequest(HttpClientRequest.setHeaders(HEADERS)))
).pipe(Layer.provide(Layer.suspend(client)))
