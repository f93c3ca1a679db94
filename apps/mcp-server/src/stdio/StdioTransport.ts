/**
 * Standard input and output as a transport of MCP: a message is a line of JSON.
 *
 * The SDK's transport leaves a malformed request without an answer (`stdioLines.test.ts`), an ID that a number cannot
 * hold too (`ids.test.ts`), warns about its own listeners when many answers wait and keeps them all in memory
 * (`stdioClients.test.ts`), and drops running calls at the end of input (`shutdown.test.ts`).
 */
import {
  type JSONRPCMessage,
  parseJSONRPCMessage,
  ProtocolErrorCode,
  type RequestId,
  type Transport
} from "@modelcontextprotocol/server"
import * as Predicate from "effect/Predicate"
import * as PlainErrors from "../mcp/PlainErrors.ts"
import { joinWrites } from "../text/joinWrites.ts"
import * as JsonRpcText from "../text/JsonRpcText.ts"

/** The longest line that is read, in characters. An assistant's messages are far shorter. */
const MAX_LINE = 10 * 1024 * 1024

/** The unread output, in bytes, above which no more input is read. */
const MAX_UNREAD = 16 * 1024 * 1024

/** The most messages of a batch, as over HTTP: back-pressure starts only after the whole line. */
const MAX_BATCH = 100

/** The SDK answers this request only when the connection is closed, so an end must not wait for the answer. */
const SUBSCRIPTION = "subscriptions/listen"

export interface Options {
  /** Reports to the operator why the assistant is no longer served, or has to wait. */
  readonly report: (problem: string) => void
}

export class StdioTransport implements Transport {
  declare onmessage?: (message: JSONRPCMessage) => void
  declare onerror?: (error: Error) => void
  declare onclose?: () => void

  readonly #report: Options["report"]
  readonly #closed = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  readonly #spoke = Promise.withResolvers<void>()
  readonly #unanswered = new Set<RequestId>()
  #whenAnswered = (): void => undefined
  #line = ""
  #open = true
  #holding = false

  /** Resolves when the assistant stopped reading (EPIPE), or this end was closed. */
  readonly closed = this.#closed.promise

  /** Resolves when no more input comes. */
  readonly ended = this.#ended.promise

  /** Resolves when the first message was sent. */
  readonly spoken = this.#spoke.promise

  constructor({ report }: Options) {
    this.#report = report
  }

  /** Resolves when every request that was read is answered or canceled. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenAnswered = resolve
      this.#settle()
    })
  }

  async start(): Promise<void> {
    process.stdin.setEncoding("utf8").on("data", this.#take)
    for (const event of ["end", "close", "error"]) process.stdin.once(event, this.#end)
    // This listener stays until the process ends, because a late answer can still fail to arrive.
    process.stdout.on("error", () => void this.close())
  }

  async send(message: JSONRPCMessage): Promise<void> {
    // The SDK refuses messages before they reach a server, whose transport would make the text plain.
    this.#write(PlainErrors.plain(message))
    if (!("method" in message) && "id" in message) this.#settle(message.id)
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    process.stdin.off("data", this.#take).pause()
    this.onclose?.()
    this.#closed.resolve()
  }

  readonly #take = (text: string): void => {
    const [rest = "", ...next] = text.split("\n")
    this.#line += rest
    for (const line of next) {
      this.#receive()
      this.#line = line
    }
    if (this.#line.length <= MAX_LINE) return
    this.#report(
      `The assistant sent a line of more than ${MAX_LINE} characters; nothing more is read from it.`
    )
    this.#line = ""
    process.stdin.off("data", this.#take)
    this.#end()
  }

  readonly #end = (): void => {
    this.#receive()
    this.#ended.resolve()
  }

  /** Reads the line that is complete now. */
  #receive(): void {
    const line = this.#line
    this.#line = ""
    if (line.trim() === "" || !this.#open) return
    const messages = read(line)
    // Text that is not JSON has no ID to answer to, and some clients log to this pipe.
    if (messages === undefined) this.onerror?.(new Error("A line is not valid JSON."))
    else if (messages.length > MAX_BATCH) this.#refuse(null, TOO_MANY)
    else for (const message of messages) this.#deliver(message)
  }

  #deliver(value: unknown): void {
    const message = toMessage(value)
    if (message === undefined) {
      const id = idOf(value)
      if (id !== undefined) this.#refuse(id, NO_MESSAGE)
      return
    }
    if ("method" in message) {
      if ("id" in message && message.method !== SUBSCRIPTION) this.#unanswered.add(message.id)
      else if (message.method === "notifications/cancelled") this.#settle(message.params?.["requestId"])
    }
    this.onmessage?.(message)
  }

  #settle(id?: unknown): void {
    if (isId(id)) this.#unanswered.delete(id)
    if (this.#unanswered.size === 0) this.#whenAnswered()
  }

  #refuse(id: RequestId | null, message: string): void {
    this.onerror?.(new Error("A line is JSON, but not a message of MCP."))
    this.#write({ jsonrpc: "2.0", id, error: { code: ProtocolErrorCode.InvalidRequest, message } })
  }

  /** Never waits for the assistant to read: if it does not, nothing more is read from it. */
  #write(message: object): void {
    if (!this.#open) throw new Error("Standard output is closed.")
    joinWrites(process.stdout)
    process.stdout.write(JsonRpcText.restore(`${JSON.stringify(message)}\n`))
    this.#spoke.resolve()
    if (process.stdout.writableLength <= MAX_UNREAD || this.#holding) return
    this.#holding = true
    this.#report(
      `The assistant does not read: more than ${MAX_UNREAD} bytes of answers wait. Nothing more is read from it until it does.`
    )
    process.stdin.pause()
    process.stdout.once("drain", () => {
      this.#holding = false
      if (this.#open) process.stdin.resume()
    })
  }
}

const NO_MESSAGE =
  "Invalid Request: expected a JSON-RPC 2.0 message with an id that is a string or a number, a method that is a string and params that are an object."

const TOO_MANY = `Invalid Request: a batch may have ${MAX_BATCH} messages. Send fewer, or one message per line.`

/** Nothing if the line is not JSON; a request without a valid ID if it cannot be read. */
const read = (line: string): ReadonlyArray<unknown> | undefined => {
  try {
    return JsonRpcText.messagesIn(JsonRpcText.read(line))
  } catch (error) {
    return error instanceof SyntaxError ? undefined : [{ id: null }]
  }
}

const toMessage = (value: unknown): JSONRPCMessage | undefined => {
  try {
    return parseJSONRPCMessage(value)
  } catch {
    return undefined
  }
}

const isId = (value: unknown): value is RequestId => typeof value === "string" || Number.isSafeInteger(value)

/** The ID to answer to, which is `null` if MCP does not allow it. Answers and notifications are not answered. */
const idOf = (value: unknown): RequestId | null | undefined => {
  if (!Predicate.hasProperty(value, "id") || "result" in value || "error" in value) return undefined
  return isId(value.id) ? value.id : null
}
