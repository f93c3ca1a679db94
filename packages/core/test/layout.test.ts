import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join, normalize } from "node:path"
import { fileURLToPath } from "node:url"

const SRC = fileURLToPath(new URL("../src/", import.meta.url))

const modules = globSync("**/*.ts", { cwd: SRC })

/** What a module imports or re-exports, types too. */
const imported = (module: string): ReadonlyArray<string> =>
  Array.from(
    readFileSync(join(SRC, module), "utf8").matchAll(/^(?:import|export|\}).* from "(\.[^"]*\.ts)"$/gmu),
    ([, path = ""]) => normalize(join(module, "..", path))
  )

describe("the library's modules", () => {
  it.each(modules)("%s does not import itself through others, not even a type", (module) => {
    const reached = new Set<string>()
    const reach = (from: string): void => {
      for (const other of imported(from)) {
        if (reached.has(other)) continue
        reached.add(other)
        reach(other)
      }
    }
    reach(module)
    assert.isFalse(reached.has(module))
  })
})
