/**
 * CORS for assistants in web pages (https://fetch.spec.whatwg.org/#http-cors-protocol). Only the pages of origins in
 * `--allowed-origin` can send requests and read answers. Pages of this machine must be named too, because any program
 * can run on its ports.
 */
import { validateOriginHeader } from "@modelcontextprotocol/server"
import type { IncomingMessage } from "node:http"

/** The headers of MCP clients, except those that pages can always send; the last two continue traces. */
const REQUEST_HEADERS = [
  "Authorization",
  "Content-Type",
  "MCP-Protocol-Version",
  "MCP-Method",
  "MCP-Name",
  "MCP-Session-Id",
  "Last-Event-ID",
  "traceparent",
  "tracestate"
].join(", ")

/** The response headers that clients read: the authorization server, the time to wait, and the session. */
const RESPONSE_HEADERS = "WWW-Authenticate, Retry-After, MCP-Session-Id"

/** Browsers keep an answer for at most two hours. */
const KEPT_SECONDS = "7200"

export const make = (allowedOrigins: ReadonlyArray<string>) => ({
  /** Returns the headers that let the page read an answer. */
  headers: ({ headers: { origin } }: IncomingMessage): Readonly<Record<string, string>> =>
    isNamed(origin, allowedOrigins)
      ? {
          "access-control-allow-origin": origin,
          "access-control-expose-headers": RESPONSE_HEADERS,
          vary: "Origin"
        }
      : {},

  preflight: (request: IncomingMessage): Response | undefined =>
    isPreflight(request) && isNamed(request.headers.origin, allowedOrigins)
      ? granted("POST", REQUEST_HEADERS)
      : undefined
})

/** Returns whether a name matches the origin: a host name, an origin, or `scheme://*`. */
export const isNamed = (origin: string | undefined, names: ReadonlyArray<string>): origin is string =>
  origin !== undefined &&
  origin !== "" &&
  (names.includes(origin) || validateOriginHeader(origin, [...names]).ok)

/** Answers the preflight for a public document, which clients request with `MCP-Protocol-Version`. */
export const publicPreflight = (request: IncomingMessage): Response | undefined =>
  isPreflight(request) ? granted("GET", "*", EVERY_PAGE) : undefined

/** Lets every page read an answer. */
export const EVERY_PAGE = { "access-control-allow-origin": "*" }

const isPreflight = ({ headers, method }: IncomingMessage): boolean =>
  method === "OPTIONS" && headers["access-control-request-method"] !== undefined

const granted = (method: string, requestHeaders: string, headers: Record<string, string> = {}): Response =>
  new Response(null, {
    status: 204,
    headers: {
      ...headers,
      "access-control-allow-methods": method,
      "access-control-allow-headers": requestHeaders,
      "access-control-max-age": KEPT_SECONDS
    }
  })
