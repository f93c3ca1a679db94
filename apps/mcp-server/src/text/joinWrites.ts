/**
 * Joins the writes to a stream during one turn of the event loop. Node writes to a pipe at once, and the system call takes a
 * third of the time of a tool call.
 */
import type { Writable } from "node:stream"

/** Delays writes until the end of the turn. A process that exits before that must uncork the stream. */
export const joinWrites = (stream: Writable): void => {
  if (stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}
