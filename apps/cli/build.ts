/**
 * Builds the command. Each subcommand and the sandbox are loaded only if they run.
 */
import { bundle } from "@sailpoint-bulk-upload/tooling/bundle"

await bundle(import.meta.dirname, {
  "command-line": ["src/run.ts"],
  client: ["src/client.ts"],
  status: ["src/status.ts"],
  wait: ["src/wait.ts"],
  sources: ["src/sources.ts"],
  explain: ["src/explain.ts"],
  sandbox: ["src/sandbox.ts"]
})
