/**
 * Builds the command. The sandbox is loaded only if it runs.
 */
import { bundle } from "@sailpoint-bulk-upload/tooling/bundle"

await bundle(import.meta.dirname, {
  boot: ["package.json", "../../tooling/start.ts", "../../tooling/compileCache.ts"],
  "command-line": ["src/run.ts"],
  sandbox: ["src/sandbox.ts"]
})
