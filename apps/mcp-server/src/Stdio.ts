/**
 * Serving one assistant over standard input and output, until it closes its end or a signal comes.
 */
import type { McpServer } from "@modelcontextprotocol/server"
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio"
import { signal } from "./Signal.ts"

/** How long a signal waits for running calls to end. */
const DRAIN_MILLIS = 5_000

/** How long abandoned calls have to let go of their sockets and to tell the log how they ended. */
const LET_GO_MILLIS = 500

/**
 * Resolves when serving is over: the wire closed (running calls are abandoned, nobody would read their
 * answers), or a signal came (running calls may end, and are answered).
 */
export const serve = async (factory: () => McpServer, idle: () => Promise<void>): Promise<void> => {
  const wire = new Wire()
  const handle = serveStdio(factory, { transport: wire })
  const signalled = signal()
  await Promise.race([wire.closed, signalled.then(() => Promise.race([answered(idle), after(DRAIN_MILLIS)]))])
  await handle.close()
  await Promise.race([idle(), after(LET_GO_MILLIS)])
}

/**
 * Standard input and output, telling when they close: the assistant closed its end, stopped reading (EPIPE,
 * no error of ours), or sent a line longer than the SDK reads, after which it hears nothing more.
 */
class Wire extends StdioServerTransport {
  readonly #closed = Promise.withResolvers<void>()
  readonly closed = this.#closed.promise

  override async close(): Promise<void> {
    await super.close()
    this.#closed.resolve()
  }
}

/**
 * When the last call has ended, the SDK still has its result in hand: it turns it into an answer and writes it
 * within the same turn of the event loop, so the next turn is soon enough to close.
 */
const answered = async (idle: () => Promise<void>): Promise<void> => {
  await idle()
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
}

const after = (millis: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, millis).unref()
  })
