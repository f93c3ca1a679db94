/**
 * Serving one assistant over standard input and output, until it closes its end or a signal comes.
 */
import type { McpServer } from "@modelcontextprotocol/server"
import { serveStdio } from "@modelcontextprotocol/server/stdio"
import * as CompileCache from "../boot/CompileCache.ts"
import { signal } from "../process/shutdownSignal.ts"
import { type Options as WireOptions, Wire } from "./StdioTransport.ts"

/** How long a signal waits for running calls to end, and then for their answers to be read. */
const DRAIN_MILLIS = 5_000
const FLUSH_MILLIS = 1_000

/** How long abandoned calls have to let go of their sockets and to tell the log how they ended. */
const LET_GO_MILLIS = 500

export interface Options extends WireOptions {
  readonly factory: () => McpServer
  /** Resolves when no call is running. */
  readonly idle: () => Promise<void>
  /** Tells of a message that is not served. */
  readonly onerror: (error: Error) => void
}

/**
 * Resolves when serving is over: the wire closed (running calls are abandoned, nobody would read their
 * answers), or a signal came (running calls may end, and are answered).
 */
export const serve = async ({ factory, idle, onerror, report }: Options): Promise<void> => {
  const wire = new Wire({ report })
  const handle = serveStdio(factory, { transport: wire, onerror })
  void wire.spoken.then(CompileCache.flushSoon)
  await Promise.race([wire.closed, signalled(idle)])
  await handle.close()
  await Promise.race([idle(), after(LET_GO_MILLIS)])
}

/** Resolves when a signal has come and what was asked before is answered, or has had its time. */
const signalled = async (idle: () => Promise<void>): Promise<void> => {
  await signal()
  await Promise.race([answered(idle), after(DRAIN_MILLIS)])
  await Promise.race([written(), after(FLUSH_MILLIS)])
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

/** What a slow reader has not read yet would be lost with the process. */
const written = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write("", () => resolve())
  })

const after = (millis: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, millis).unref()
  })
