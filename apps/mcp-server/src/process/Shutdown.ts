/**
 * Whether the process was asked to end. A wait that runs then returns its last status, so that its answer is not lost.
 */
import * as Context from "effect/Context"
import * as Latch from "effect/Latch"

/** Opens when the shutdown begins; the default never opens. */
export const Shutdown = Context.Reference<Latch.Latch>("@sailpoint-bulk-upload/mcp-server/Shutdown", {
  defaultValue: () => Latch.makeUnsafe()
})
