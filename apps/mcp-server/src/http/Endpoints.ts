/**
 * What is served at which path, and the way of a request to the MCP endpoint: guards, caller, place, handler.
 */
import { type NodeServerResponseLike, toNodeHandler } from "@modelcontextprotocol/node"
import type { McpHttpHandler } from "@modelcontextprotocol/server"
import * as Record from "effect/Record"
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Connection from "../Connection.ts"
import type { Place } from "./Admission.ts"
import * as CrossOrigin from "./CrossOrigin.ts"
import * as Guards from "./Guards.ts"
import type { HttpSettings } from "./HttpSettings.ts"
import * as Readiness from "./Readiness.ts"
import { refuse, write } from "./Refusal.ts"
import * as ResourceMetadata from "./ResourceMetadata.ts"

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
  const answerMcp = toNodeHandler(handler, { maxRequestBodySize: Guards.MAX_BODY_BYTES, onerror: report })

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
    if (response.destroyed) place.leave()
    const left = new AbortController()
    response.once("close", () => {
      if (!response.writableFinished) left.abort()
    })
    return Connection.during(left.signal, () =>
      answerMcp(readToTheEnd(request, response), headAtOnce(response))
    )
  }

  const documents = new Map<string, (request: IncomingMessage) => Promise<Response> | Response>([
    ["/healthz", (request) => guards.probe(request) ?? Response.json({ alive: true }, NOT_KEPT)],
    ["/readyz", async (request) => guards.probe(request) ?? Readiness.answer(await parts.readiness())]
  ])
  const { authentication } = settings
  if (authentication?._tag === "OAuth") {
    for (const path of ResourceMetadata.paths(authentication)) {
      documents.set(
        path,
        (request) =>
          guards.document(request) ??
          CrossOrigin.publicPreflight(request) ??
          ResourceMetadata.answer(authentication)
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

/**
 * A client that is still sending when its connection closes sees a broken pipe instead of the answer. So where the SDK
 * stops reading, as with a body that is too long, the rest is read and dropped, for as long as a request may take.
 */
const readToTheEnd = (request: IncomingMessage, response: ServerResponse) => {
  response.once("finish", () => {
    if (!request.complete) request.resume()
  })
  return Object.assign(request as IncomingMessage & { method: string; url: string }, {
    [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false })
  })
}

/** Node keeps the head of an answer back until the body begins, which is when a wait is over. */
const headAtOnce = (response: ServerResponse): NodeServerResponseLike => ({
  // The connection stays; see above.
  writeHead: (status, headers = {}) =>
    response.writeHead(status, Record.remove(headers, "connection")).flushHeaders(),
  write: (chunk) => response.write(chunk),
  end: (chunk) => response.end(chunk),
  on: (event, listener) => response.on(event, listener),
  get destroyed() {
    return response.destroyed
  }
})

const NOT_KEPT = { headers: { "cache-control": "no-store" } }

const NOT_HERE = "There is nothing here; the MCP endpoint is /mcp."
