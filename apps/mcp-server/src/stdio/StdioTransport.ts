/**
 * The transport over standard input and output: each line is a JSON message.
 *
 * The SDK's transport does not answer a malformed request (`stdioLines.test.ts`) or an ID that does not fit a number
 * (`ids.test.ts`), keeps all unread answers in memory (`stdioClients.test.ts`), and drops running calls at the end of input
 * (`shutdown.test.ts`).
 */
import {
  type JSONRPCMessage,
  parseJSONRPCMessage,
  ProtocolErrorCode,
  type RequestId,
  type Transport
} from "@modelcontextprotocol/server"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as PlainErrors from "../mcp/PlainErrors.ts"
import { joinWrites } from "../text/joinWrites.ts"
import * as JsonRpcText from "../text/JsonRpcText.ts"

/** The longest accepted line, in characters. An assistant's messages are far shorter. */
const MAX_LINE = 10 * 1024 * 1024

/** The unread output, in bytes, that stops further input. */
const MAX_UNREAD = 16 * 1024 * 1024

/** The most messages of a batch, as over HTTP: back-pressure starts only after the whole line. */
const MAX_BATCH = 100

/** The SDK answers this request only when the connection closes, so a shutdown must not wait for the answer. */
const SUBSCRIPTION = "subscriptions/listen"

export class StdioTransport implements Transport {
  declare onmessage?: (message: JSONRPCMessage) => void
  declare onerror?: (error: Error) => void
  declare onclose?: () => void

  readonly #report: (problem: string) => void
  readonly #closed = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  readonly #firstSent = Promise.withResolvers<void>()
  readonly #unanswered = new Set<unknown>()
  #whenAnswered = (): void => undefined
  #line = ""
  #open = true

  /** Resolves when the assistant stops reading (EPIPE), or the server closes the connection. */
  readonly closed = this.#closed.promise

  readonly ended = this.#ended.promise

  /** Resolves when the first message was sent. */
  readonly firstSent = this.#firstSent.promise

  constructor(report: (problem: string) => void) {
    this.#report = report
  }

  /** Resolves when every received request is answered or canceled. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenAnswered = resolve
      this.#settle()
    })
  }

  async start(): Promise<void> {
    process.stdin.setEncoding("utf8").on("data", this.#onText)
    for (const event of ["end", "close", "error"]) process.stdin.once(event, this.#end)
    // This listener stays until the process ends, because late answers can fail.
    process.stdout.on("error", () => void this.close())
  }

  async send(message: JSONRPCMessage): Promise<void> {
    // Errors of messages that the SDK refuses do not pass through `PlainTransport`.
    this.#write(PlainErrors.plain(message))
    if ("id" in message) this.#settle(message.id)
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    process.stdin.off("data", this.#onText).pause()
    this.onclose?.()
    this.#closed.resolve()
  }

  readonly #onText = (text: string): void => {
    const [rest = "", ...next] = text.split("\n")
    this.#line += rest
    for (const line of next) {
      this.#receive()
      this.#line = line
    }
    if (this.#line.length <= MAX_LINE) return
    this.#report(`The assistant sent a line of more than ${MAX_LINE} characters; no further input is read.`)
    this.#line = ""
    process.stdin.off("data", this.#onText)
    this.#end()
  }

  readonly #end = (): void => {
    this.#receive()
    this.#ended.resolve()
  }

  #receive(): void {
    const line = this.#line
    this.#line = ""
    if (line.trim() === "" || !this.#open) return
    const messages = read(line)
    // Some clients log to this pipe, and text that is not JSON has no ID for an answer.
    if (messages === undefined) this.onerror?.(new Error("A line is not valid JSON."))
    else if (messages.length > MAX_BATCH) this.#refuse(null, TOO_MANY)
    else for (const message of messages) this.#deliver(message)
  }

  #deliver(value: unknown): void {
    const message = Result.getOrUndefined(Result.try(() => parseJSONRPCMessage(value)))
    if (message === undefined) {
      const id = idOf(value)
      if (id !== undefined) this.#refuse(id, INVALID_MESSAGE)
      return
    }
    if ("method" in message) {
      if ("id" in message && message.method !== SUBSCRIPTION) this.#unanswered.add(message.id)
      else if (message.method === "notifications/cancelled") this.#settle(message.params?.["requestId"])
    }
    this.onmessage?.(message)
  }

  #settle(id?: unknown): void {
    this.#unanswered.delete(id)
    if (this.#unanswered.size === 0) this.#whenAnswered()
  }

  #refuse(id: RequestId | null, message: string): void {
    this.onerror?.(new Error(message))
    this.#write({ jsonrpc: "2.0", id, error: { code: ProtocolErrorCode.InvalidRequest, message } })
  }

  /** Never waits for the assistant. If too many answers are unread, reading stops. */
  #write(message: object): void {
    if (!this.#open) throw new Error("Standard output is closed.")
    joinWrites(process.stdout)
    process.stdout.write(JsonRpcText.restore(`${JSON.stringify(message)}\n`))
    this.#firstSent.resolve()
    if (process.stdout.writableLength <= MAX_UNREAD || process.stdin.isPaused()) return
    this.#report(
      `The assistant does not read its answers: more than ${MAX_UNREAD} bytes are unread. Input stops until it reads them.`
    )
    process.stdin.pause()
    process.stdout.once("drain", () => this.#open && process.stdin.resume())
  }
}

const INVALID_MESSAGE =
  "Invalid Request: expected a JSON-RPC 2.0 message with an id that is a string or a number, a method that is a string and params that are an object."

const TOO_MANY = `Invalid Request: a batch may have at most ${MAX_BATCH} messages. Send fewer, or one message per line.`

/** Returns the messages in a line; nothing if it is not JSON, and a request without a valid ID if it is unreadable. */
const read = (line: string): ReadonlyArray<unknown> | undefined => {
  try {
    return JsonRpcText.messagesIn(JsonRpcText.read(line))
  } catch (error) {
    return error instanceof SyntaxError ? undefined : [{ id: null }]
  }
}

const isId = (value: unknown): value is RequestId => typeof value === "string" || Number.isSafeInteger(value)

/** Returns the ID for an answer, `null` if MCP does not allow it. Answers and notifications get no answer. */
const idOf = (value: unknown): RequestId | null | undefined => {
  if (!Predicate.hasProperty(value, "id") || "result" in value || "error" in value) return undefined
  return isId(value.id) ? value.id : null
}
