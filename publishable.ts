/**
 * Refuses to publish a package that still names the placeholder OWNER, as npm runs it in the package's folder:
 * provenance and the MCP registry compare these names with the repository that publishes. See docs/releasing.md.
 */
import { existsSync, readFileSync } from "node:fs"

const unready = ["package.json", "server.json", "mcpb/manifest.json"].filter(
  (file) => existsSync(file) && /\bOWNER\b/u.test(readFileSync(file, "utf8"))
)

if (unready.length > 0) {
  process.stderr.write(
    `${unready.join(" and ")} of this package still name the placeholder OWNER. Put the account that owns the repository in its place, everywhere: docs/releasing.md says how.\n`
  )
  process.exit(1)
}
