import * as Context from "effect/Context"
import * as Latch from "effect/Latch"

/**
 * Opens when the shutdown begins, so that running waits return their last status and no answer is lost. The default never
 * opens.
 */
export const Shutdown = Context.Reference<Latch.Latch>("@sailpoint-bulk-upload/mcp-server/Shutdown", {
  defaultValue: () => Latch.makeUnsafe()
})
