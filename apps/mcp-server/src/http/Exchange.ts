/**
 * A request to the MCP endpoint and its answer, between Node's HTTP server and the SDK, which knows both as `fetch` does.
 * The body is read and parsed here, and handed over beside the request: in it, it would be a stream that the SDK copies
 * before it reads it.
 */
import type { McpHttpHandler } from "@modelcontextprotocol/server"
import * as Record from "effect/Record"
import { once } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"

export interface Options {
  readonly handler: Pick<McpHttpHandler, "fetch">
  /** The longest body, in bytes. */
  readonly maxBodyBytes: number
  /** The answer to a longer one. */
  readonly tooLong: () => Response
}

/** Answers a request until its client has gone, which `left` tells. Rejects when the body cannot be read. */
export type Exchange = (
  request: IncomingMessage,
  response: ServerResponse,
  left: AbortSignal
) => Promise<void>

export const make =
  ({ handler, maxBodyBytes, tooLong }: Options): Exchange =>
  async (request, response, left) => {
    const body = await read(request, maxBodyBytes)
    const answer = body === undefined ? tooLong() : await handler.fetch(...asFetched(request, body, left))
    return send(response, answer, left)
  }

/**
 * The whole body, or nothing when it is too long. The rest of that is read too, and dropped: a client that is still
 * sending when its connection closes sees a broken pipe instead of the answer.
 */
const read = (request: IncomingMessage, maxBytes: number): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    let chunks: Array<Buffer> = []
    let length = 0
    request.on("data", (chunk: Buffer) => {
      length += chunk.length
      if (length <= maxBytes) chunks.push(chunk)
      else {
        chunks = []
        resolve(undefined)
      }
    })
    request.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")))
    request.once("error", reject)
  })

/** What is no JSON goes along as it is, for the SDK to say so. */
const asFetched = (
  { headers, method = "", url }: IncomingMessage,
  body: string,
  signal: AbortSignal
): Parameters<McpHttpHandler["fetch"]> => {
  const init = { method, headers: new Headers(Object.entries(headers).flatMap(eachValue)), signal }
  const href = `http://${headers.host}${url}`
  try {
    return [new Request(href, init), { parsedBody: JSON.parse(body) as unknown }]
  } catch {
    return [new Request(href, { ...init, body })]
  }
}

const eachValue = ([name, value = []]: [string, string | Array<string> | undefined]): Array<
  [string, string]
> => [value].flat().map((one) => [name, one])

/**
 * How long the head of an answer waits for the body, in milliseconds, so that a short answer is one packet. Node would keep
 * it back until the body begins, which is when a wait is over.
 */
const HEAD_WAITS = 100

const send = async (response: ServerResponse, answer: Response, left: AbortSignal): Promise<void> => {
  // The connection stays.
  response.writeHead(answer.status, Record.remove(Object.fromEntries(answer.headers), "connection"))
  const timer = setTimeout(() => response.flushHeaders(), HEAD_WAITS)
  const reader = answer.body?.getReader()
  try {
    for (;;) {
      const part = await reader?.read()
      if (part?.value === undefined || left.aborted) break
      clearTimeout(timer)
      if (!response.write(part.value)) await once(response, "drain", { signal: left })
    }
  } finally {
    clearTimeout(timer)
    // Nothing to one that has ended.
    await reader?.cancel()
  }
  response.end()
}
