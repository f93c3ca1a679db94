/**
 * Builds the command into one file, `dist/main.js`: what an assistant starts has nothing to resolve and
 * nothing to install. `@sailpoint-bulk-upload/core`, Effect and the MCP SDK are in it.
 */
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"
import { asText } from "./asText.ts"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const bundle = await rolldown({
  input: at("src/main.ts"),
  platform: "node",
  external: [/^node:/u],
  plugins: [await asText("redis", ["createClient", "SocketTimeoutError"])],
  logLevel: "warn"
})
await bundle.write({
  file: at("dist/main.js"),
  format: "esm",
  codeSplitting: false,
  minify: true,
  sourcemap: false
})
await bundle.close()
