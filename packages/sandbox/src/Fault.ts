/** Faults on demand, instead of the sandbox's answer to a request. */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"

/**
 * A fault:
 *
 * - `Respond`: any status with any body and headers; a body that is not a string is sent as JSON
 * - `Delay`: the right answer, or another fault, after a time
 * - `Silent`: the request is accepted and never answered
 * - `Reset`: the connection is closed before a byte is sent
 * - `CutOff`: the connection is closed in the middle of the body
 * - `Echo`: the authorization header and the body of the request, in the messages of an error body and in `location`
 * - `Endless`: a body that never ends, as fast as it is read
 * - `Drip`: a body that never ends, one byte per `interval`
 */
export type Fault =
  | {
      readonly _tag: "Respond"
      readonly status: number
      readonly body?: unknown
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly _tag: "Delay"; readonly duration: Duration.Input; readonly next?: Fault }
  | { readonly _tag: "Silent" }
  | { readonly _tag: "Reset" }
  | { readonly _tag: "CutOff"; readonly status?: number }
  | { readonly _tag: "Echo"; readonly status: number }
  | { readonly _tag: "Endless"; readonly status?: number }
  | { readonly _tag: "Drip"; readonly interval: Duration.Input }

/**
 * Makes a 429 as SailPoint documents it; `retryAfter` is the value of the header (seconds, a date, or nonsense).
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Fault, Sandbox } from "@sailpoint-bulk-upload/sandbox"
 *
 * const plan = Effect.gen(function* () {
 *   const sandbox = yield* Sandbox.Sandbox
 *   yield* sandbox.fail({ endpoint: "status", fault: Fault.rateLimited("2") })
 * })
 * ```
 */
export const rateLimited = (retryAfter?: string): Fault => ({
  _tag: "Respond",
  status: 429,
  body: { message: " Rate Limit Exceeded " },
  ...(retryAfter === undefined ? {} : { headers: { "retry-after": retryAfter } })
})

/** Makes a JSON answer of more than that many bytes, for clients that limit the size of a body. */
export const oversized = (bytes: number): Fault => ({
  _tag: "Respond",
  status: 200,
  body: { status: "COMPLETED", padding: "x".repeat(bytes) }
})

/** Makes the HTML page of a gateway without an upstream. */
export const gatewayPage = (status: number): Fault => ({
  _tag: "Respond",
  status,
  body: `<html><head><title>${status}</title></head><body><h1>Upstream unavailable</h1></body></html>`,
  headers: { "content-type": "text/html" }
})

/** Runs a fault; `proceed` is the answer without it. @internal */
export const run = <E, R>(
  fault: Fault,
  request: HttpServerRequest,
  proceed: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> => {
  switch (fault._tag) {
    case "Respond":
      return Effect.succeed(respond(fault))
    case "Delay":
      return Effect.delay(
        fault.next === undefined ? proceed : run(fault.next, request, proceed),
        fault.duration
      )
    case "Silent":
      return Effect.never
    case "Reset":
      return Effect.andThen(destroySocket(request), Effect.never)
    case "CutOff":
      return Effect.succeed(
        HttpServerResponse.stream(
          Stream.concat(
            Stream.succeed(HALF_A_BODY),
            Stream.fromEffectDrain(destroySocketOnceFlushed(request))
          ),
          { status: fault.status ?? 200, contentType: "application/json", contentLength: 1000 }
        )
      )
    case "Echo":
      return echo(fault.status, request)
    case "Endless":
      return Effect.succeed(
        HttpServerResponse.stream(Stream.forever(Stream.succeed(SPACES)), {
          status: fault.status ?? 200,
          contentType: "application/json"
        })
      )
    case "Drip":
      return Effect.succeed(
        HttpServerResponse.stream(Stream.tick(fault.interval).pipe(Stream.map(() => SPACES.subarray(0, 1))), {
          contentType: "application/json"
        })
      )
  }
}

const encoder = new TextEncoder()
const HALF_A_BODY = encoder.encode(`{ "status": "COMP`)
const SPACES = encoder.encode(" ".repeat(1024))

const respond = (fault: Extract<Fault, { readonly _tag: "Respond" }>) => {
  const options = { status: fault.status, headers: fault.headers ?? {} }
  if (fault.body === undefined) return HttpServerResponse.empty(options)
  return typeof fault.body === "string"
    ? HttpServerResponse.text(fault.body, {
        ...options,
        contentType: fault.headers?.["content-type"] ?? "application/json"
      })
    : HttpServerResponse.jsonUnsafe(fault.body, options)
}

const destroySocket = (request: HttpServerRequest) =>
  Effect.sync(() => {
    NodeHttpServerRequest.toIncomingMessage(request).socket.destroy()
  })

/** Waits until the written part has reached the client; otherwise it would be dropped with the socket. */
const destroySocketOnceFlushed = (request: HttpServerRequest) =>
  Effect.callback<void>((resume) => {
    const { socket } = NodeHttpServerRequest.toIncomingMessage(request)
    setImmediate(() =>
      socket.write("", () => {
        socket.destroy()
        resume(Effect.void)
      })
    )
  })

const echo = (status: number, request: HttpServerRequest) =>
  Effect.map(
    Effect.orElseSucceed(request.text, () => ""),
    (body) => {
      const sent = `${request.headers["authorization"] ?? ""} ${body}`
      const messages = [{ locale: "en-US", localeOrigin: "DEFAULT", text: sent }]
      return HttpServerResponse.jsonUnsafe(
        { detailCode: "Echo", error_description: sent, messages },
        { status, headers: { location: `https://gateway.example/?${encodeURI(sent)}` } }
      )
    }
  )
