/**
 * Removes what a build made in the folders that are named, so that nothing stale is ever packed.
 */
import { rmSync } from "node:fs"
import { join } from "node:path"

for (const folder of process.argv.slice(2)) {
  for (const built of ["dist", ".tsbuild"]) rmSync(join(folder, built), { recursive: true, force: true })
}
