/**
 * The signals that end a server: SIGTERM from an orchestrator, SIGINT from a terminal.
 */
import { constants } from "node:os"

const SIGNALS = ["SIGTERM", "SIGINT"] as const

/**
 * Resolves at the first signal. A second signal ends the process at once: the first process of a container would ignore a
 * signal without a handler.
 */
export const shutdownSignal = () =>
  new Promise<(typeof SIGNALS)[number]>((resolve) => {
    let came = false
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (came) process.exit(128 + constants.signals[signal])
        came = true
        resolve(signal)
      })
    }
  })
