/**
 * Gives the documents that repeat the server's version the one of its package, after Changesets has set that.
 */
import { readFileSync, writeFileSync } from "node:fs"
import packageJson from "./package.json" with { type: "json" }

for (const document of ["server.json", "mcpb/manifest.json"]) {
  const file = new URL(document, import.meta.url)
  // As text, so that the layout stays; the schema's version is of another form.
  const text = readFileSync(file, "utf8")
  writeFileSync(file, text.replaceAll(/"version": "[^"]+"/gu, `"version": "${packageJson.version}"`))
}
