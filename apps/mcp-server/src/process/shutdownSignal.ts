/**
 * The signals that end a server: SIGTERM from what runs it, SIGINT from who sits in front of it.
 */

const SIGNALS = ["SIGTERM", "SIGINT"] as const

/** Resolves at the first of them; a second one, whichever, ends the process as it always does. */
export const signal = (): Promise<void> =>
  new Promise((resolve) => {
    const came = (): void => {
      for (const signal of SIGNALS) process.off(signal, came)
      resolve()
    }
    for (const signal of SIGNALS) process.on(signal, came)
  })
