/**
 * The start of the shutdown, at which running waits return their last status, so that no answer is lost.
 */
import * as Context from "effect/Context"
import * as Latch from "effect/Latch"

/** Opens when the shutdown begins; the default never opens. */
export const Shutdown = Context.Reference<Latch.Latch>("@sailpoint-bulk-upload/mcp-server/Shutdown", {
  defaultValue: () => Latch.makeUnsafe()
})
