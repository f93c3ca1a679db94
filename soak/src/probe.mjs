/**
 * Loaded into a server with `--import`: answers each message with the server's resources after a garbage collection.
 */
import { readdirSync } from "node:fs"

process.on("message", () => {
  globalThis.gc?.()
  process.send?.({
    heapBytes: process.memoryUsage().heapUsed,
    rssBytes: process.memoryUsage().rss,
    handles: process.getActiveResourcesInfo().length,
    files: process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0
  })
})
// The channel must not keep the server alive.
process.channel?.unref()
