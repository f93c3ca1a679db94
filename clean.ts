/** Removes the build output of the given folders, so that no stale file is packed. */
import { rmSync } from "node:fs"
import { join } from "node:path"

for (const folder of process.argv.slice(2)) {
  for (const built of ["dist", ".tsbuild"]) rmSync(join(folder, built), { recursive: true, force: true })
}
