/**
 * Changes that no test can notice, because the program behaves the same.
 */
export interface Equivalent {
  readonly module: string
  /** A part of the line on which the change begins. */
  readonly line: string
  /** The change as the runner prints it. */
  readonly change: string
  readonly reason: string
}

export const EQUIVALENT: ReadonlyArray<Equivalent> = [
  {
    module: "packages/core/src/internal/reply.ts",
    line: "isKnownToFit(headers, maxBytes)",
    change: "isKnownToFit(headers, maxBytes) → false",
    reason: "Both ways to read a body return the same; reading it at once is faster."
  },
  {
    module: "apps/mcp-server/src/stdio/StdioTransport.ts",
    line: '"utf8"',
    change: '"utf8" → ""',
    reason: "Node decodes an empty encoding as UTF-8."
  },
  {
    module: "apps/mcp-server/src/mcp/ToolSchema.ts",
    line: "typeof segment",
    change: 'typeof segment === "object" → false',
    reason: "Effect reports a path as plain keys; only the type of Standard Schema allows objects."
  },
  {
    module: "apps/mcp-server/src/mcp/ToolResult.ts",
    line: "Promise.resolve()",
    change: "Promise.resolve() → undefined",
    reason: "The server awaits the result in a race, which accepts a value like a resolved promise."
  },
  {
    module: "apps/mcp-server/src/mcp/noJsonSchemaValidator.ts",
    line: "This server requests no form",
    change: '"This server requests no form, so it has no JSON Schema vali → ""',
    reason: "The SDK calls the method only for the answer to a form, and this server requests none."
  },
  {
    module: "apps/mcp-server/src/handlers/completeSources.ts",
    line: "capacity",
    change: "1 → 2",
    reason: "The cache has a single key, so its capacity is never reached."
  },
  {
    module: "apps/mcp-server/src/handlers/completeSources.ts",
    line: '"all"',
    change: '"all" → ""',
    reason: "The cache has a single key, and any text can be that key."
  },
  {
    module: "apps/mcp-server/src/handlers/lazyHandlers.ts",
    line: "loaded === undefined",
    change: "loaded === undefined → true",
    reason: "A second import returns the loaded module; skipping it is faster."
  },
  {
    module: "apps/mcp-server/src/http/Exchange.ts",
    line: "more > 0",
    change: " >  →  >= ",
    reason: "Admitting zero additional messages acquires no slot and uses no request of the rate limit."
  },
  {
    module: "apps/mcp-server/src/http/Exchange.ts",
    line: "accept: ACCEPT",
    change: " ACCEPT }).map(([name, value]) => [name, String(value)]) →  ACCEPT })",
    reason: "Headers converts each value to a string in the same way."
  },
  {
    module: "apps/mcp-server/src/http/guards/Admission.ts",
    line: '"token-bucket"',
    change: '"token-bucket" → ""',
    reason: "The limiter uses a token bucket for every value except fixed-window."
  },
  {
    module: "apps/mcp-server/src/http/guards/Admission.ts",
    line: "reason._tag ===",
    change: 'reason._tag === "RateLimitExceeded" → true',
    reason: "The store is this process's memory, so the limiter fails for no other reason."
  },
  {
    module: "packages/core/src/RequestBudget.ts",
    line: "window: 0",
    change: "0 → 1",
    reason: "Without a limit, no request waits for the end of a window."
  },
  {
    module: "packages/core/src/internal/records.ts",
    line: "total: 0",
    change: "0 → 1",
    reason: "The first page is always read, and replaces the total."
  },
  {
    module: "packages/core/src/BulkUploadError.ts",
    line: "proxyStatus = 0",
    change: "0 → 1",
    reason: "Neither 0 nor 1 is a status from 400 to 499."
  },
  {
    module: "packages/core/src/internal/requestQueue.ts",
    line: "giveBack(slot.id) ?? Effect.void",
    change: "k(slot.id) ?? Effect.void → k(slot.id)",
    reason: "A slot has the state `shared` only if `#shared` is defined."
  },
  {
    module: "packages/core/src/internal/errorBody.ts",
    line: 'body._tag === "Text"',
    change: 'body._tag === "Text" → true',
    reason: "Without a text there is no JSON either."
  },
  {
    module: "packages/core/src/ApiClient.ts",
    line: "sent === undefined",
    change: "sent === undefined → false",
    reason: "Only a request that was sent is answered with 401."
  },
  {
    module: "packages/core/src/internal/sharedRedis.ts",
    line: 'split(", with args", 1)',
    change: "1 → 2",
    reason: "Only the first part is used."
  },
  {
    module: "packages/core/src/internal/requestQueue.ts",
    line: "FORGOTTEN_AFTER ? millis : 0",
    change: "0 → 1",
    reason: "Twice either is less than the first back-off."
  }
]
