/**
 * Assistants in a web page of another origin (https://fetch.spec.whatwg.org/#http-cors-protocol). Its browser asks
 * first whether the page may send, and shows it an answer only if that says so: for the origins that
 * `--allowed-origin` names, and no other. Pages of this machine are let in where they need not ask, but anything
 * may run on its ports, so they too have to be named.
 */
import { validateOriginHeader } from "@modelcontextprotocol/server"
import type { IncomingMessage } from "node:http"

export interface CrossOrigin {
  /** What an answer has to carry for the page to read it. */
  readonly headers: (request: IncomingMessage) => Readonly<Record<string, string>>
  /** The answer to a browser that asks first. */
  readonly preflight: (request: IncomingMessage) => Response | undefined
}

/** The headers of MCP clients, besides those that pages may always send; the last two continue traces. */
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

/** What they look at: where to get a token, when to come again, and the session where there is one. */
const RESPONSE_HEADERS = "WWW-Authenticate, Retry-After, MCP-Session-Id"

/** Browsers keep an answer for at most two hours. */
const KEPT_SECONDS = "7200"

export const make = (allowedOrigins: ReadonlyArray<string>): CrossOrigin => {
  const headers: CrossOrigin["headers"] = ({ headers: { origin } }) =>
    isNamed(origin, allowedOrigins)
      ? {
          "access-control-allow-origin": origin,
          "access-control-expose-headers": RESPONSE_HEADERS,
          vary: "Origin"
        }
      : {}

  return {
    headers,
    preflight: (request) =>
      isPreflight(request) && isNamed(request.headers.origin, allowedOrigins)
        ? granted("POST", REQUEST_HEADERS)
        : undefined
  }
}

/** Whether one of the names, which are host names, origins, or `scheme://*`, is this origin's. */
export const isNamed = (origin: string | undefined, names: ReadonlyArray<string>): origin is string =>
  origin !== undefined &&
  origin !== "" &&
  (names.includes(origin) || validateOriginHeader(origin, [...names]).ok)

/** For a document that every page may read. Clients ask for it with `MCP-Protocol-Version`. */
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
