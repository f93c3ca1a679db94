/**
 * What is served at which path, and the way of a request to the MCP endpoint: guards, caller, slot, handler.
 */
import type { McpHttpHandler } from "@modelcontextprotocol/server"
import type * as Effect from "effect/Effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Connection from "../mcp/Connection.ts"
import type { Admission } from "./guards/Admission.ts"
import * as CrossOrigin from "./guards/CrossOrigin.ts"
import { exchange } from "./Exchange.ts"
import * as Guards from "./guards/Guards.ts"
import type { HttpSettings } from "../settings/HttpSettings.ts"
import * as Readiness from "./Readiness.ts"
import { refuse, write } from "./guards/Refusal.ts"
import * as BearerTokenVerifier from "./auth/BearerTokenVerifier.ts"
import * as ProtectedResourceMetadata from "./auth/ProtectedResourceMetadata.ts"

/** What decides about requests, and what answers them. */
export interface Parts {
  readonly settings: HttpSettings
  /** Answers the requests to the MCP endpoint that got as far. */
  readonly handler: Pick<McpHttpHandler, "fetch" | "close">
  readonly caller: (request: IncomingMessage) => Promise<string | Response>
  readonly admission: Admission
  /** Runs an effect that fails with the answer to a request. */
  readonly run: <A>(effect: Effect.Effect<A, Response>) => Promise<A | Response>
  readonly readiness: () => Promise<Readiness.Readiness>
  /** Tells who looks after the server. */
  readonly report: (error: Error) => void
}

export interface Endpoints {
  readonly serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Ends what the SDK still holds open. */
  readonly close: () => Promise<void>
}

export const make = (parts: Parts): Endpoints => {
  const { handler, report, settings } = parts
  const guards = Guards.make(settings)
  const crossOrigin = CrossOrigin.make(settings.allowedOrigins)

  const mcp = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const foreign = guards.sender(request)
    if (foreign !== undefined) return write(response, foreign)
    response.setHeaders(new Map(Object.entries(crossOrigin.headers(request))))
    const answered = crossOrigin.preflight(request) ?? guards.message(request)
    if (answered !== undefined) return write(response, answered)
    const caller = await parts.caller(request)
    if (caller instanceof Response) return write(response, caller)
    const slot = await parts.run(parts.admission.enter(caller))
    if (slot instanceof Response) return write(response, slot)
    response.once("close", slot.leave)
    // A client that left in the meantime causes no event, so nothing else would release the slot.
    if (response.destroyed) return slot.leave()
    const left = new AbortController()
    response.once("close", () => {
      if (!response.writableFinished) left.abort()
    })
    const admit = (messages: number) => parts.run(slot.extend(messages))
    return Connection.during(left.signal, () =>
      exchange(request, response, left.signal, { handler, admit })
    ).catch((error: unknown) => {
      if (!response.destroyed) throw error
      report(new Error("The client has left", { cause: error }))
    })
  }

  /** Whether a request may learn why the server is not ready. */
  const mayKnow = async (request: IncomingMessage): Promise<boolean> =>
    settings.authentication === undefined
      ? guards.sender(request) === undefined
      : request.headers.authorization !== undefined && typeof (await parts.caller(request)) === "string"

  const documents = new Map<string, (request: IncomingMessage) => Promise<Response> | Response>([
    ["/healthz", (request) => guards.probe(request) ?? Response.json({ alive: true }, NOT_KEPT)],
    [
      "/readyz",
      async (request) => {
        const refused = guards.probe(request)
        if (refused !== undefined) return refused
        const readiness = await parts.readiness()
        return Readiness.answer(readiness, readiness !== undefined && (await mayKnow(request)))
      }
    ]
  ])
  const { authentication } = settings
  if (authentication?._tag === "OAuth") {
    for (const path of ProtectedResourceMetadata.paths(authentication)) {
      documents.set(
        path,
        (request) =>
          guards.document(request) ??
          CrossOrigin.publicPreflight(request) ??
          ProtectedResourceMetadata.answer(authentication)
      )
    }
  }

  return {
    serve: async (request, response) => {
      const path = locate(request)
      if (path === "/mcp") return mcp(request, response)
      const document = documents.get(path)
      if (document !== undefined) return write(response, await document(request))
      const asksForOAuth = authentication?._tag === "SharedToken" && OAUTH_PATH.test(path)
      return write(response, asksForOAuth ? BearerTokenVerifier.noOAuth() : refuse(404, NOT_HERE))
    },
    close: handler.close
  }
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)/iu

/** Returns the path. A target in absolute form names the host, whatever `Host` says (RFC 9112, section 3.2.2). */
const locate = (request: IncomingMessage): string => {
  const { url = "" } = request
  const [, authority, rest = url] = ABSOLUTE.exec(url) ?? []
  if (authority !== undefined) request.headers.host = authority
  const [path = ""] = rest.split("?", 1)
  return path.replace(/(?<=.)\/$/u, "")
}

/** Where clients look for an authorization server, or register with one. */
const OAUTH_PATH = /^\/(?:register|authorize|token|\.well-known\/(?:oauth-|openid-configuration).*)$/u

const NOT_KEPT = { headers: { "cache-control": "no-store" } }

const NOT_HERE = "There is nothing here; the MCP endpoint is /mcp."
