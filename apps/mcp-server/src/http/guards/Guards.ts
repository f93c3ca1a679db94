/**
 * Checks a request before its body is read. Web pages can send requests to a local server by DNS rebinding (a foreign
 * Host), from scripts (an Origin) or from a form (not JSON). All of these are refused.
 */
import {
  isJsonContentType,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader
} from "@modelcontextprotocol/server"
import type { IncomingMessage } from "node:http"
import * as CrossOrigin from "./CrossOrigin.ts"
import type { HttpSettings } from "../../settings/HttpSettings.ts"
import { inUrl, isLoopback } from "../../settings/Loopback.ts"
import { type Refusal, refuse } from "./Refusal.ts"

/** Far longer than any message of an assistant. */
export const MAX_BODY_BYTES = 1024 * 1024

export const make = (settings: Pick<HttpSettings, "host" | "allowedHosts" | "allowedOrigins">) => {
  const local = isLoopback(settings.host)
  const hosts = [
    ...settings.allowedHosts,
    ...(local ? [...localhostAllowedHostnames(), inUrl(settings.host)] : [])
  ]
  const ownOrigins = local ? localhostAllowedOrigins() : []

  const host = ({ headers: { host = "" } }: IncomingMessage): Refusal | undefined => {
    const checked = validateHostHeader(host, hosts)
    if (!checked.ok)
      return refuse("host", 403, `${checked.message}. If clients use this host, add it with --allowed-host.`)
    return MORE_THAN_HOST.test(host)
      ? refuse("host", 403, "Invalid Host: expected a host and, optionally, a port.")
      : undefined
  }

  const origin = ({ headers }: IncomingMessage): Refusal | undefined => {
    const checked = validateOriginHeader(headers.origin, ownOrigins)
    return checked.ok || CrossOrigin.isNamed(headers.origin, settings.allowedOrigins)
      ? undefined
      : refuse(
          "origin",
          403,
          `${checked.message}. If pages of this origin may call this server, add the origin with --allowed-origin.`
        )
  }

  return {
    /** Checks the host and origin of a request to the MCP endpoint. */
    sender: (request: IncomingMessage): Refusal | undefined => host(request) ?? origin(request),
    /** Checks a request's method, and the headers about body and answer. */
    message: (request: IncomingMessage): Refusal | undefined =>
      method(request, ["POST"]) ?? accept(request) ?? contentType(request) ?? bodySize(request),
    document: (request: IncomingMessage): Refusal | undefined =>
      host(request) ?? method(request, ["GET", "HEAD", "OPTIONS"]),
    /** Checks a probe, which may name any host, because its answer has no information for a foreign page. */
    probe: (request: IncomingMessage): Refusal | undefined =>
      origin(request) ?? method(request, ["GET", "HEAD"])
  }
}

/**
 * The characters that begin other parts of a URL, for example a user or a path. The SDK reads only the host of a URL, but `Host`
 * must have nothing else except a port (RFC 9110, section 7.2).
 */
const MORE_THAN_HOST = /[@/\\?#]/u

const method = ({ method = "" }: IncomingMessage, allowed: ReadonlyArray<string>): Refusal | undefined =>
  allowed.includes(method)
    ? undefined
    : refuse("method", 405, "Method not allowed.", { allow: allowed.join(", ") })

/** The types of an answer, the preferred one first: the head of a stream arrives at once, and its keep-alives follow. */
const ANSWER_TYPES = ["text/event-stream", "application/json"] as const

/** Returns the type that the client accepts. The most specific range decides (RFC 9110, section 12.5.1). */
export const answerType = ({
  headers
}: Pick<IncomingMessage, "headers">): (typeof ANSWER_TYPES)[number] | undefined => {
  const ranges = new Map(
    (headers.accept || "*/*").split(",").map((range) => {
      const [type = "", ...parameters] = range
        .toLowerCase()
        .split(";")
        .map((part) => part.trim())
      return [type, !parameters.some((parameter) => /^q=0(?:\.0*)?$/u.test(parameter))]
    })
  )
  return ANSWER_TYPES.find((type) => {
    const range = [type, type.replace(/[^/]+$/u, "*"), "*/*"].find((range) => ranges.has(range))
    return range !== undefined && ranges.get(range) === true
  })
}

const accept = (request: IncomingMessage): Refusal | undefined =>
  answerType(request) === undefined
    ? refuse("accept", 406, "Not acceptable: let Accept include text/event-stream, application/json or both.")
    : undefined

const contentType = ({ headers }: IncomingMessage): Refusal | undefined =>
  isJsonContentType(headers["content-type"])
    ? undefined
    : refuse("contentType", 415, "The body must be JSON. Send it with Content-Type: application/json.")

/** A body without a declared length is counted while it is read. */
const bodySize = ({ headers }: IncomingMessage): Refusal | undefined =>
  Number(headers["content-length"]) > MAX_BODY_BYTES ? tooLong() : undefined

export const tooLong = (): Refusal => refuse("size", 413, `The body is longer than ${MAX_BODY_BYTES} bytes.`)
