/**
 * The built command as it serves over HTTP, and requests to it byte by byte.
 */
import type * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { request as send } from "node:http"
import { initialize } from "./JsonRpc.ts"
import * as ServerProcess from "./ServerProcess.ts"

/** As long as it has to be, and easy to find where it should not be. */
export const TOKEN = "canary-bearer-0123456789-0123456789"

export interface HttpProcess extends ServerProcess.ServerProcess {
  /** Without a path. */
  readonly url: string
}

/** Serves on a free port and asks this sandbox. After SIGTERM it serves nothing more, unless the test wants it. */
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
    const [, url = ""] = yield* server.told(/Serving MCP at (\S+)\/mcp\./u)
    return { ...server, url } satisfies HttpProcess
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

/** What a client of the time sends to the MCP endpoint. */
export const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream"
} as const

/** A good request, but for what is given. */
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

/** What is given, and nothing else. Interrupted, it hangs up. */
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
    // A server that has answered need not read what comes after.
    request.on("error", (error) => resume(Effect.die(error)))
    // Node does not tell the length of a body that these methods hardly ever have.
    request.end(["GET", "HEAD", "DELETE", "OPTIONS"].includes(method ?? "GET") ? undefined : body)
    return Effect.sync(() => request.destroy())
  })

/** A good request with that body, as it is on the wire. */
export const bytes = (url: string, body: string): string =>
  Object.entries({ host: new URL(url).host, ...HEADERS, "content-length": Buffer.byteLength(body) })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .reduce((head, line) => head + line, "POST /mcp HTTP/1.1\r\n")
    .concat("\r\n", body)

/** The JSON-RPC message in an answer: in its stream of events, or all of it. */
export const messageIn = ({ body }: Answer): unknown => {
  const [, data = body] = /^data: (.*)$/mu.exec(body) ?? []
  return JSON.parse(data)
}
