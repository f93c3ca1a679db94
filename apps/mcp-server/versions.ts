/**
 * Copies the version of the server's package into `server.json` and the manifest, after Changesets has set it.
 */
import { readFileSync, writeFileSync } from "node:fs"
import packageJson from "./package.json" with { type: "json" }

for (const document of ["server.json", "mcpb/manifest.json"]) {
  const file = new URL(document, import.meta.url)
  // Replaced as text, to keep the layout.
  const text = readFileSync(file, "utf8")
  writeFileSync(file, text.replaceAll(/"version": "[^"]+"/gu, `"version": "${packageJson.version}"`))
}
