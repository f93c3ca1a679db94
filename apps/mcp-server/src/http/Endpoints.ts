/**
 * The paths of the server, and the steps of a request to the MCP endpoint: guards, caller, slot, handler.
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
import { Refusal, refuse, write } from "./guards/Refusal.ts"
import { type Caller, keyOf } from "../telemetry/Caller.ts"
import { addressOf, type Authentication } from "./auth/Authentication.ts"
import * as BearerTokenVerifier from "./auth/BearerTokenVerifier.ts"
import * as ProtectedResourceMetadata from "./auth/ProtectedResourceMetadata.ts"

export interface Parts {
  readonly settings: HttpSettings
  /** Answers the requests to the MCP endpoint that passed all guards. */
  readonly handler: Pick<McpHttpHandler, "fetch">
  readonly identify: Authentication["identify"]
  readonly admission: Admission
  /** Runs an effect, and returns its success or the refusal with which it fails. */
  readonly run: <A>(effect: Effect.Effect<A, Refusal>) => Promise<A | Refusal>
  readonly refused: (refusal: Pick<Refusal, "reason" | "status">, caller: Caller) => void
  readonly readiness: () => Promise<Readiness.Readiness>
  readonly report: (error: Error) => void
}

export const make = (parts: Parts) => {
  const { handler, report, settings } = parts
  const guards = Guards.make(settings)
  const crossOrigin = CrossOrigin.make(settings.allowedOrigins)

  /** Sends an answer, and reports it if it is a refusal. */
  const answer = (
    request: IncomingMessage,
    response: ServerResponse,
    answer: Response,
    caller: Caller = addressOf(request)
  ): Promise<void> => {
    if (answer instanceof Refusal) parts.refused(answer, caller)
    return write(response, answer)
  }

  const mcp = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const turnAway = (refusal: Refusal, caller?: Caller): Promise<void> =>
      answer(request, response, refusal, caller)
    const foreign = guards.sender(request)
    if (foreign !== undefined) return turnAway(foreign)
    response.setHeaders(new Map(Object.entries(crossOrigin.headers(request))))
    const answered = crossOrigin.preflight(request) ?? guards.message(request)
    if (answered !== undefined) return answer(request, response, answered)
    const { caller, refusal } = await parts.identify(request)
    if (refusal !== undefined) return turnAway(refusal, caller)
    const slot = await parts.run(parts.admission.enter(keyOf(caller)))
    if (slot instanceof Refusal) return turnAway(slot, caller)
    response.once("close", slot.leave)
    // A client that has disconnected by now causes no event, so nothing else would release the slot.
    if (response.destroyed) return slot.leave()
    const left = new AbortController()
    response.once("close", () => left.abort())
    const admit = (messages: number) => parts.run(slot.extend(messages))
    const refused = await Connection.during({ left: left.signal, caller }, () =>
      exchange(request, response, left.signal, handler, admit, (refusal) => parts.refused(refusal, caller))
    ).catch((error: unknown) => {
      if (!response.destroyed) throw error
      report(new Error("The client disconnected"))
    })
    if (refused !== undefined) return turnAway(refused, caller)
  }

  /** Returns whether the answer to a request may contain the reason why the server is not ready. */
  const mayKnow = async (request: IncomingMessage): Promise<boolean> =>
    settings.authentication === undefined
      ? guards.sender(request) === undefined
      : request.headers.authorization !== undefined && (await parts.identify(request)).refusal === undefined

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

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = locate(request)
    if (path === "/mcp") return mcp(request, response)
    const document = documents.get(path)
    if (document !== undefined) return answer(request, response, await document(request))
    const looksForOAuth = authentication?._tag === "BearerTokens" && OAUTH_PATH.test(path)
    return answer(
      request,
      response,
      looksForOAuth ? BearerTokenVerifier.noOAuth() : refuse("path", 404, NOT_HERE)
    )
  }
}

const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)/iu

/** Returns the path. Replaces `Host` by the host of a target in absolute form (RFC 9112, section 3.2.2). */
const locate = (request: IncomingMessage): string => {
  const { url = "" } = request
  const [, authority, rest = url] = ABSOLUTE.exec(url) ?? []
  if (authority !== undefined) request.headers.host = authority
  const [path = ""] = rest.split("?")
  return path.replace(/(?<=.)\/$/u, "")
}

/** The paths at which clients look for an authorization server, or register with one. */
const OAUTH_PATH = /^\/(?:register|authorize|token|\.well-known\/(?:oauth-|openid-configuration).*)$/u

const NOT_KEPT = { headers: { "cache-control": "no-store" } }

const NOT_HERE = "There is nothing here; the MCP endpoint is /mcp."
