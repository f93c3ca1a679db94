/**
 * Passes a request to the MCP endpoint from Node's HTTP server to the SDK, and the answer back.
 *
 * The SDK's `toNodeHandler` sends the head of an answer only with the first event, which for a wait can be minutes
 * later (`keepAlive.test.ts`), and reads the body itself, so that IDs lose their digits (`ids.test.ts`).
 */
import { type JSONRPCMessage, type McpHttpHandler, ProtocolErrorCode } from "@modelcontextprotocol/server"
import * as Record from "effect/Record"
import * as Result from "effect/Result"
import type { IncomingMessage, ServerResponse } from "node:http"
import { pipeline } from "node:stream/promises"
import * as PlainErrors from "../mcp/PlainErrors.ts"
import * as JsonRpcText from "../text/JsonRpcText.ts"
import * as Guards from "./guards/Guards.ts"
import { type Refusal, refuse } from "./guards/Refusal.ts"

/**
 * Answers a request unless its client disconnects, which aborts `left`. If the request is refused before
 * the SDK sees it, returns the refusal, which `Endpoints` sends. `admit` acquires slots for additional messages, and returns a refusal if they exceed a limit; `refused`
 * reports a refusal by the SDK. Rejects if the body cannot be read or the answer cannot be sent.
 */
export const exchange = async (
  request: IncomingMessage,
  response: ServerResponse,
  left: AbortSignal,
  handler: Pick<McpHttpHandler, "fetch">,
  admit: (messages: number) => Promise<Refusal | void>,
  refused: (refusal: Pick<Refusal, "reason" | "status">) => void
): Promise<Refusal | void> => {
  const body = await read(request)
  if (body === undefined) return Guards.tooLong()
  const parsedBody = Result.getOrUndefined(Result.try(() => JsonRpcText.read(body)))
  if (parsedBody === undefined) return refuse("json", 400, INVALID_JSON, {}, ProtocolErrorCode.ParseError)
  const more = JsonRpcText.messagesIn(parsedBody).length - 1
  const refusal = more > 0 ? await admit(more) : undefined
  if (refusal !== undefined) return refusal
  const { headers, method = "" } = request
  const answer = await handler.fetch(
    new Request(`http://${headers.host}/mcp`, {
      method,
      // The SDK compares Accept letter by letter; the guards have read it.
      headers: new Headers(
        Object.entries({ ...headers, accept: ACCEPT }).map(([name, value]) => [name, String(value)])
      ),
      signal: left
    }),
    { parsedBody }
  )
  if (answer.status >= 400) refused({ reason: "protocol", status: answer.status })
  const stream = answer.headers.get("content-type") === "text/event-stream"
  const asJson = stream && Guards.answerType(request) === "application/json"
  if (asJson) answer.headers.set("content-type", "application/json")
  // Node decides whether the connection stays open.
  response.writeHead(answer.status, Record.remove(Object.fromEntries(answer.headers), "connection"))
  // Node would send the head only with the first event.
  response.flushHeaders()
  if (answer.body === null) response.end()
  // Errors of messages that the SDK refuses do not pass through `PlainTransport`.
  else if (!stream) response.end(toText(PlainErrors.plain(JSON.parse(await answer.text()))))
  else if (asJson) await pipeline(answer.body, restored, joined(Array.isArray(parsedBody)), response)
  else await pipeline(answer.body, restored, response)
}

/** Returns the body, or nothing if it is too long. Reads to the end, because some clients read the answer only then. */
const read = async (request: AsyncIterable<Buffer>): Promise<string | undefined> => {
  const chunks: Array<Buffer> = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length <= Guards.MAX_BODY_BYTES) chunks.push(chunk)
  }
  return length <= Guards.MAX_BODY_BYTES ? Buffer.concat(chunks).toString("utf8") : undefined
}

const ACCEPT = "application/json, text/event-stream"

const INVALID_JSON = "Parse error: the body is not valid JSON."

const toText = (message: JSONRPCMessage): string => JsonRpcText.restore(JSON.stringify(message))

/** The SDK writes each event as one chunk, so a marked ID is never cut in two. */
async function* restored(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const chunk of chunks) yield JsonRpcText.restore(Buffer.from(chunk).toString("utf8"))
}

const DATA = "data: "

/** Converts the SDK's stream of events to JSON, which contains the answers without the notifications. */
const joined = (batch: boolean) =>
  async function* (events: AsyncIterable<string>): AsyncGenerator<string> {
    const answers: Array<string> = []
    for await (const event of events) {
      const lines = event.split("\n").filter((line) => line.startsWith(DATA))
      const messages = lines.map((line) => line.slice(DATA.length))
      answers.push(...messages.filter((message) => !("method" in JSON.parse(message))))
    }
    yield batch ? `[${answers.join(",")}]` : answers.join("")
  }
