/**
 * Joins what is written to a stream during one turn of the event loop. Node writes to a pipe at once, and the system
 * call takes as long as a third of a tool call.
 */
import type { Writable } from "node:stream"

/** Holds writes back until the end of the turn. A process that exits before must uncork the stream. */
export const joinWrites = (stream: Writable): void => {
  if (stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}
