/**
 * The signals that end a server: SIGTERM from what runs it, SIGINT from who sits in front of it.
 */

/** Resolves at the first of them; a second one ends the process as it always does. */
export const signal = (): Promise<void> =>
  new Promise((resolve) => {
    process.once("SIGTERM", () => resolve())
    process.once("SIGINT", () => resolve())
  })
