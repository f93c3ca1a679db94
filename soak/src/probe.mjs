/**
 * Loaded into a server with `--import`: tells, when asked, how much it holds once everything dead is collected.
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
// Asked or not, it must not be what keeps the server alive.
process.channel?.unref()
