/**
 * The server as it is published: one file, built once for a run of the bench.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const FILE = at("../../apps/mcp-server/dist/main.js")

let built = false

/** The path of the file. */
export const builtServer = (): string => {
  if (!built) {
    const { status } = spawnSync(process.execPath, [at("../../apps/mcp-server/build.ts")], {
      stdio: "inherit"
    })
    if (status !== 0) throw new Error("The server could not be built.")
    built = true
  }
  return FILE
}
