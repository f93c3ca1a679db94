/**
 * Writing at once what is written in one turn of the event loop: a call of the system, and waking up who reads, cost
 * more than a line does, and answers come several at a time.
 */
import type { Writable } from "node:stream"

/**
 * Gives what is to be called before something is written to the stream. What was written is sent when the turn ends, or
 * when the process does: a stream that is written to without waiting (a pipe, a file) still takes it then.
 */
export const to = (stream: Writable): (() => void) => {
  let corked = false
  const uncork = (): void => {
    if (corked) stream.uncork()
    corked = false
  }
  process.once("exit", uncork)
  return () => {
    if (corked) return
    corked = true
    stream.cork()
    setImmediate(uncork)
  }
}
