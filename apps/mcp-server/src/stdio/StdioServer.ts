/**
 * Serves one assistant over standard input and output, until the input ends or the process receives a signal.
 */
import type { McpServer } from "@modelcontextprotocol/server"
import { serveStdio } from "@modelcontextprotocol/server/stdio"
import { flushSoon } from "@sailpoint-bulk-upload/tooling/compileCache"
import type { Adapter } from "../mcp/ToolResult.ts"
import { shutdownSignal } from "../process/shutdownSignal.ts"
import { setTimeout } from "node:timers/promises"
import { StdioTransport } from "./StdioTransport.ts"

/** The time that running calls have after the end of input or a signal. Then they are answered as canceled. */
const DRAIN_MILLIS = 5_000

/** The time for canceled calls to release their sockets and be logged, and for their answers to be read. */
const RELEASE_MILLIS = 500
const FLUSH_MILLIS = 1_000

export interface Options {
  readonly factory: () => McpServer
  readonly calls: Pick<Adapter<never>, "beginShutdown" | "idle" | "interrupt">
  /** Reports a message that is not served. */
  readonly onerror: (error: Error) => void
  /** Reports to the operator why the transport stops reading or waits. */
  readonly report: (problem: string) => void
}

/** Resolves when every request is answered or its time is up, or when the assistant stops reading. */
export const serve = async ({ calls, factory, onerror, report }: Options): Promise<void> => {
  const transport = new StdioTransport(report)
  const handle = serveStdio(factory, { transport, onerror })
  void transport.firstSent.then(flushSoon)
  const lastAnswers = async (): Promise<void> => {
    await Promise.race([transport.ended, shutdownSignal()])
    calls.beginShutdown()
    await Promise.race([transport.answered(), setTimeout(DRAIN_MILLIS)])
    calls.interrupt()
    await Promise.race([transport.answered(), setTimeout(RELEASE_MILLIS)])
  }
  await Promise.race([transport.closed, lastAnswers()])
  // The SDK answers subscriptions when it closes.
  await handle.close()
  await Promise.race([written(), setTimeout(FLUSH_MILLIS)])
  await Promise.race([calls.idle(), setTimeout(RELEASE_MILLIS)])
}

/** Resolves when the output is read; otherwise it would be lost with the process. */
const written = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write("", () => resolve())
  })
