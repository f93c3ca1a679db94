/**
 * Changes that no test can notice, because the program behaves the same: the module, the change as the runner prints it, and the reason.
 */
export const EQUIVALENT: ReadonlyArray<readonly [module: string, change: string, reason: string]> = [
  [
    "packages/core/src/internal/whereTraced.ts",
    "false → true",
    "The stack trace of a span is for its cost only: no exporter reads it."
  ],
  [
    "packages/core/src/internal/reply.ts",
    "isKnownToFit(headers, maxBytes) → false",
    "Both ways to read a body return the same; reading it at once is faster."
  ]
]
