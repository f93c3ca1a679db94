/**
 * Serving one assistant over standard input and output, until it closes its end or a signal comes.
 */
import { serveStdio } from "@modelcontextprotocol/server/stdio"
import type { McpServer } from "@modelcontextprotocol/server"

/** How long a signal waits for running calls to end. */
const DRAIN_MILLIS = 5_000

/**
 * Resolves when serving is over: the assistant closed standard input (running calls are abandoned, nobody
 * would read their answers), stopped reading, or a signal came (running calls may end).
 */
export const serve = async (factory: () => McpServer, idle: () => Promise<void>): Promise<void> => {
  const handle = serveStdio(factory)
  const reason = await over()
  if (reason === "signal") await Promise.race([idle(), after(DRAIN_MILLIS)])
  await handle.close()
}

const over = (): Promise<"closed" | "signal"> =>
  new Promise((resolve) => {
    process.stdin.once("end", () => resolve("closed"))
    process.stdin.once("close", () => resolve("closed"))
    // EPIPE: the assistant is gone, which is no error of ours.
    process.stdout.on("error", () => resolve("closed"))
    process.once("SIGTERM", () => resolve("signal"))
    process.once("SIGINT", () => resolve("signal"))
  })

const after = (millis: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, millis).unref()
  })
