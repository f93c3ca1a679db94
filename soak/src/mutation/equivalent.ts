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
  ],
  ["apps/mcp-server/src/stdio/StdioTransport.ts", '"utf8" → ""', "Node decodes an empty encoding as UTF-8."],
  [
    "apps/mcp-server/src/mcp/ToolSchema.ts",
    'typeof segment === "object" → false',
    "Effect reports a path as plain keys; only the type of Standard Schema allows objects."
  ],
  [
    "apps/mcp-server/src/mcp/ToolResult.ts",
    "Promise.resolve() → undefined",
    "The server awaits the result in a race, which accepts a value like a resolved promise."
  ],
  [
    "apps/mcp-server/src/mcp/noJsonSchemaValidator.ts",
    '"This server requests no form, so it has no JSON Schema vali → ""',
    "The SDK calls the method only for the answer to a form, and this server requests none."
  ],
  [
    "apps/mcp-server/src/handlers/completeSources.ts",
    "1 → 2",
    "The cache has a single key, so its capacity is never reached."
  ],
  [
    "apps/mcp-server/src/handlers/completeSources.ts",
    '"all" → ""',
    "The cache has a single key, and any text can be that key."
  ],
  [
    "apps/mcp-server/src/handlers/lazyHandlers.ts",
    "loaded === undefined → true",
    "A second import returns the loaded module; skipping it is faster."
  ],
  [
    "apps/mcp-server/src/http/Exchange.ts",
    " >  →  >= ",
    "To admit zero additional messages acquires no slot and uses no request of the rate limit."
  ],
  [
    "apps/mcp-server/src/http/Exchange.ts",
    " ACCEPT }).map(([name, value]) => [name, String(value)]) →  ACCEPT })",
    "Headers converts each value to a string in the same way."
  ],
  [
    "apps/mcp-server/src/http/guards/Admission.ts",
    '"token-bucket" → ""',
    "The limiter uses a token bucket for every value except fixed-window."
  ],
  [
    "apps/mcp-server/src/http/guards/Admission.ts",
    'reason._tag === "RateLimitExceeded" → true',
    "The store is this process's memory, so the limiter fails for no other reason."
  ]
]
