/**
 * Code that runs in the server's process before the server.
 */

/** The variable that lets Node run this module first. */
export const preloaded = (code: string): Record<string, string> => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`
})
