/**
 * Standard input and output as a transport of MCP: a message is a line of JSON.
 *
 * The SDK's own keeps in memory whatever an assistant does not read, for as long as it goes on asking, and drops a
 * request that is no message of the protocol, whose sender waits for ever. Here such a request is answered with
 * an error, and what is not read holds up what is asked.
 */
import {
  type JSONRPCMessage,
  parseJSONRPCMessage,
  ProtocolErrorCode,
  serializeMessage,
  type Transport
} from "@modelcontextprotocol/server"
import * as LineReader from "./LineReader.ts"
import * as BatchedWrites from "../process/BatchedWrites.ts"

/** The longest line that is read, in bytes. An assistant's messages are far shorter. */
const MAX_LINE = 10 * 1024 * 1024

/** How much may wait to be read, in bytes, before nothing more is taken in. */
const MAX_UNREAD = 16 * 1024 * 1024

/** Of an array that is taken for a batch so many requests are refused one by one. */
const MAX_REFUSED = 100

export interface Options {
  /** Tells who looks after the server of an assistant that it cannot be served any more, or not for now. */
  readonly report: (problem: string) => void
}

export class Wire implements Transport {
  declare onmessage?: (message: JSONRPCMessage) => void
  declare onerror?: (error: Error) => void
  declare onclose?: () => void

  readonly #report: Options["report"]
  readonly #lines = LineReader.make(MAX_LINE)
  readonly #together = BatchedWrites.to(process.stdout)
  readonly #gone = Promise.withResolvers<void>()
  readonly #spoke = Promise.withResolvers<void>()
  #open = true
  #holding = false

  /** Resolves when the assistant closed its end or stopped reading (EPIPE), or this end was closed. */
  readonly closed = this.#gone.promise

  /** Resolves when the first message was sent. */
  readonly spoken = this.#spoke.promise

  constructor({ report }: Options) {
    this.#report = report
  }

  async start(): Promise<void> {
    process.stdin.on("data", this.#take)
    for (const event of ["end", "close", "error"]) process.stdin.once(event, this.#leave)
    // For as long as the process lives: an answer that was written before can still fail to arrive.
    process.stdout.on("error", this.#leave)
  }

  /** Never waits for the assistant to read: what it leaves unread holds up what it asks next. */
  async send(message: JSONRPCMessage): Promise<void> {
    if (!this.#open) throw new Error("Standard output is closed.")
    this.#together()
    process.stdout.write(serializeMessage(message))
    this.#spoke.resolve()
    if (process.stdout.writableLength > MAX_UNREAD) this.#hold()
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    process.stdin.off("data", this.#take).pause()
    this.onclose?.()
    this.#gone.resolve()
  }

  readonly #leave = (): void => void this.close()

  readonly #take = (chunk: Buffer): void => {
    for (const line of this.#lines.take(chunk)) this.#receive(line)
    if (!this.#lines.overflowed) return
    // Where the next message begins, nobody can tell any more.
    this.#report(`The assistant sent a line of more than ${MAX_LINE} bytes; the connection is closed.`)
    this.#leave()
  }

  #receive(line: string): void {
    const value = parse(line)
    // Not answered: it has no id, and some clients' own chatter ends up here.
    if (value === undefined) return this.onerror?.(new Error("A line was no JSON."))
    const message = toMessage(value)
    if (message === undefined) this.#refuse(value)
    else this.onmessage?.(message)
  }

  #refuse(value: unknown): void {
    this.onerror?.(new Error("A line was JSON, but no message of MCP."))
    for (const id of [value].flat().slice(0, MAX_REFUSED).flatMap(idOf)) {
      const error = { code: ProtocolErrorCode.InvalidRequest, message: NO_MESSAGE }
      void this.send({ jsonrpc: "2.0", id, error }).catch(() => undefined)
    }
  }

  #hold(): void {
    if (this.#holding) return
    this.#holding = true
    this.#report(
      `The assistant does not read: more than ${MAX_UNREAD} bytes of answers wait. Nothing more is taken from it until it has.`
    )
    process.stdin.pause()
    process.stdout.once("drain", () => {
      this.#holding = false
      if (this.#open) process.stdin.resume()
    })
  }
}

const NO_MESSAGE =
  "Invalid Request: expected one JSON-RPC 2.0 message with a method that is a string and params that are an object."

/** A file that begins a pipe can begin with a byte-order mark. */
const parse = (line: string): unknown => {
  try {
    return JSON.parse(line.replace(/^\uFEFF/u, ""))
  } catch {
    return undefined
  }
}

const toMessage = (value: unknown): JSONRPCMessage | undefined => {
  try {
    return parseJSONRPCMessage(value)
  } catch {
    return undefined
  }
}

/** The id of what is no answer, if it is one of the protocol's, which are texts and whole numbers. */
const idOf = (value: unknown): ReadonlyArray<string | number> => {
  if (typeof value !== "object" || value === null || !("id" in value)) return []
  if ("result" in value || "error" in value) return []
  const { id } = value
  return typeof id === "string" || Number.isSafeInteger(id) ? [id as string | number] : []
}
