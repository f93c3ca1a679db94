/**
 * Refuses to publish a package with the placeholder OWNER; npm runs this in the package's folder. Provenance and the MCP
 * registry compare these names with the publishing repository. See docs/releasing.md.
 */
import { existsSync, readFileSync } from "node:fs"

const unready = ["package.json", "server.json", "mcpb/manifest.json"].filter(
  (file) => existsSync(file) && /\bOWNER\b/u.test(readFileSync(file, "utf8"))
)

if (unready.length > 0) {
  process.stderr.write(
    `${unready.join(" and ")} of this package still contain the placeholder OWNER. Replace it everywhere with the account that owns the repository, as docs/releasing.md describes.\n`
  )
  process.exit(1)
}
