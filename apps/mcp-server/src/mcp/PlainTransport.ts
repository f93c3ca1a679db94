/**
 * Decorates the transport of any server of ours: errors leave as plain text, and calls to unknown tools are reported.
 */
import type {
  JSONRPCMessage,
  MessageExtraInfo,
  Transport,
  TransportSendOptions
} from "@modelcontextprotocol/server"
import * as PlainErrors from "./PlainErrors.ts"

export interface Options {
  readonly tools: ReadonlySet<string>
  /** Reports a call to a tool that does not exist. The SDK refuses the call before any code of ours runs. */
  readonly onUnknownTool: (call: UnknownToolCall) => void
}

export interface UnknownToolCall {
  readonly id: string | number
  readonly meta: Readonly<Record<string, unknown>>
  readonly request: Request | undefined
}

export class PlainTransport implements Transport {
  declare onmessage?: Transport["onmessage"]
  declare onerror?: (error: Error) => void
  declare onclose?: () => void
  readonly #inner: Transport
  readonly #options: Options

  constructor(inner: Transport, options: Options) {
    this.#inner = inner
    this.#options = options
  }

  start(): Promise<void> {
    const events: Pick<Transport, "onmessage" | "onerror" | "onclose"> = {
      onmessage: (message, extra) => {
        this.#observe(message, extra)
        this.onmessage?.(message, extra)
      },
      onerror: (error) => this.onerror?.(error),
      onclose: () => this.onclose?.()
    }
    return Object.assign(this.#inner, events).start()
  }

  send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    return this.#inner.send(PlainErrors.plain(message), options)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  setProtocolVersion(version: string): void {
    this.#inner.setProtocolVersion?.(version)
  }

  setSupportedProtocolVersions(versions: Array<string>): void {
    this.#inner.setSupportedProtocolVersions?.(versions)
  }

  #observe(message: JSONRPCMessage, extra?: MessageExtraInfo): void {
    if (!("method" in message && "id" in message && message.method === "tools/call")) return
    const { _meta: meta = {}, name } = message.params ?? {}
    if (typeof name !== "string" || this.#options.tools.has(name)) return
    this.#options.onUnknownTool({ id: message.id, meta, request: extra?.request })
  }
}
