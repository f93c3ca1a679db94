/**
 * What is served at which path, and the way of a request to the MCP endpoint: guards, caller, place, handler.
 */
import type { McpHttpHandler } from "@modelcontextprotocol/server"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Connection from "../mcp/Connection.ts"
import type { Place } from "./guards/Admission.ts"
import * as CrossOrigin from "./guards/CrossOrigin.ts"
import * as Exchange from "./Exchange.ts"
import * as Guards from "./guards/Guards.ts"
import type { HttpSettings } from "../settings/HttpSettings.ts"
import * as Readiness from "./Readiness.ts"
import { refuse, write } from "./guards/Refusal.ts"
import * as ProtectedResourceMetadata from "./auth/ProtectedResourceMetadata.ts"

/** What decides about requests, and what answers them. */
export interface Parts {
  readonly settings: HttpSettings
  /** Answers the requests to the MCP endpoint that got as far. */
  readonly handler: Pick<McpHttpHandler, "fetch" | "close">
  readonly caller: (request: IncomingMessage) => Promise<string | Response>
  readonly enter: (caller: string) => Promise<Place | Response>
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
  const exchange = Exchange.make({ handler, maxBodyBytes: Guards.MAX_BODY_BYTES, tooLong: Guards.tooLong })

  const mcp = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const foreign = guards.sender(request)
    if (foreign !== undefined) return write(response, foreign)
    response.setHeaders(new Map(Object.entries(crossOrigin.headers(request))))
    const answered = crossOrigin.preflight(request) ?? guards.message(request)
    if (answered !== undefined) return write(response, answered)
    const caller = await parts.caller(request)
    if (caller instanceof Response) return write(response, caller)
    const place = await parts.enter(caller)
    if (place instanceof Response) return write(response, place)
    // Also when the client has left in the meantime, as nobody would give the place back then.
    response.once("close", place.leave)
    if (response.destroyed) return place.leave()
    const left = new AbortController()
    response.once("close", () => {
      if (!response.writableFinished) left.abort()
    })
    return Connection.during(left.signal, () => exchange(request, response, left.signal)).catch(
      (error: unknown) => {
        if (!response.destroyed) throw error
        report(new Error("The client has left", { cause: error }))
      }
    )
  }

  const documents = new Map<string, (request: IncomingMessage) => Promise<Response> | Response>([
    ["/healthz", (request) => guards.probe(request) ?? Response.json({ alive: true }, NOT_KEPT)],
    ["/readyz", async (request) => guards.probe(request) ?? Readiness.answer(await parts.readiness())]
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
      const [path = ""] = (request.url ?? "").split("?", 1)
      if (path === "/mcp") return mcp(request, response)
      const document = documents.get(path)
      return write(response, document === undefined ? refuse(404, NOT_HERE) : await document(request))
    },
    close: handler.close
  }
}

const NOT_KEPT = { headers: { "cache-control": "no-store" } }

const NOT_HERE = "There is nothing here; the MCP endpoint is /mcp."
