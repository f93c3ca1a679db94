/**
 * The server as it is published, built once per run of the bench.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

let built = false

/** Returns the path of the server's entry. */
export const builtServer = (): string => {
  if (!built) {
    const { status } = spawnSync(process.execPath, [at("../../apps/mcp-server/build.ts")], {
      stdio: ["ignore", "ignore", "inherit"]
    })
    if (status !== 0) throw new Error("The server could not be built.")
    built = true
  }
  return at("../../apps/mcp-server/dist/main.js")
}
