/** The built command as an HTTP server, and exact requests to it. */
import type * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { request as send } from "node:http"
import type { callTool } from "./JsonRpc.ts"
import { initialize, modern, MODERN_VERSION } from "./JsonRpc.ts"
import * as ServerProcess from "./ServerProcess.ts"

/** A token with the minimum length, which is easy to find in an output. */
export const TOKEN = "canary-bearer-0123456789-0123456789"

export type HttpProcess = Effect.Success<ReturnType<typeof start>>

/** Starts a server for this sandbox on a free port, by default without a grace period; the URL has no path. */
export const start = (
  sandbox: Pick<Sandbox.Service, "url">,
  options: { readonly args?: ReadonlyArray<string>; readonly env?: Readonly<Record<string, string>> } = {}
) =>
  Effect.gen(function* () {
    const server = yield* ServerProcess.start(["http", "--port", "0", ...(options.args ?? [])], {
      ...ServerProcess.settingsFor(sandbox),
      MCP_SHUTDOWN_GRACE: "0",
      ...options.env
    })
    const [, url = ""] = yield* server.logged(/Serving MCP at (\S+)\/mcp\./u)
    return { ...server, url }
  })

export interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: string
}

export interface Request {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The headers of an MCP client. */
export const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream"
} as const

/** Sends a valid request with these differences. */
export const post = (url: string, given: Request = {}): Effect.Effect<Answer> =>
  ask(url, {
    method: "POST",
    path: "/mcp",
    body: JSON.stringify(initialize(1)),
    ...given,
    headers: { ...HEADERS, ...given.headers }
  })

export const get = (url: string, path: string, headers: Record<string, string> = {}) =>
  ask(url, { method: "GET", path, headers })

/** Sends exactly this request. Interruption closes the connection. */
export const ask = (url: string, { body, headers, method, path }: Request): Effect.Effect<Answer> =>
  Effect.callback<Answer>((resume) => {
    const request = send(url, { method, path, headers }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (text: string) => (body += text))
      response.once("error", (error) => resume(Effect.die(error)))
      response.once("end", () =>
        resume(Effect.succeed({ status: response.statusCode, headers: response.headers, body }))
      )
    })
    request.on("error", (error) => resume(Effect.die(error)))
    // Node sends no length of a body for these methods.
    request.end(["GET", "HEAD", "DELETE", "OPTIONS"].includes(method ?? "GET") ? undefined : body)
    return Effect.sync(() => request.destroy())
  })

/** The bytes of a valid request with this body. */
export const bytes = (url: string, body: string): string =>
  Object.entries({ host: new URL(url).host, ...HEADERS, "content-length": Buffer.byteLength(body) })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .reduce((head, line) => head + line, "POST /mcp HTTP/1.1\r\n")
    .concat("\r\n", body)

/** A call of a client that speaks the newest protocol, which names the call in its headers, too. */
export const modernCall = (call: ReturnType<typeof callTool>) => ({
  headers: {
    "mcp-protocol-version": MODERN_VERSION,
    "mcp-method": call.method,
    "mcp-name": call.params.name
  },
  body: JSON.stringify(modern(call))
})

/** The JSON-RPC message in an answer, which is a stream of events or JSON. */
export const messageIn = ({ body }: Answer): unknown => {
  const [, data = body] = /^data: (.*)$/mu.exec(body) ?? []
  return JSON.parse(data)
}
