import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { fileURLToPath } from "node:url"

const SRC = fileURLToPath(new URL("../src/", import.meta.url))

const LEAVES = ["process", "redis", "settings", "telemetry", "text"]
const PARTS = ["mcp", "handlers", ...LEAVES]
/** Each folder, with the folders that its modules may import from besides their own. */
const MAY_IMPORT: Readonly<Record<string, ReadonlyArray<string>>> = {
  ".": ["cli", "stdio", "http", "server", ...PARTS],
  cli: ["handlers", "http/auth", ...LEAVES],
  stdio: PARTS,
  http: ["http/auth", "http/guards", ...PARTS],
  "http/auth": ["http/guards", "settings", "telemetry", "text"],
  "http/guards": ["settings", "text"],
  server: ["tools", "resources", "prompts", ...PARTS],
  tools: PARTS,
  resources: PARTS,
  prompts: PARTS,
  mcp: ["handlers", ...LEAVES],
  handlers: LEAVES,
  telemetry: ["text"],
  settings: ["text"],
  process: [],
  redis: [],
  text: []
}

const modules = globSync("**/*.ts", { cwd: SRC })

/** The folders that a module imports from. */
const imported = (module: string): ReadonlyArray<string> =>
  Array.from(
    readFileSync(join(SRC, module), "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]*\.ts)"/gu),
    ([, specifier = ""]) => dirname(normalize(join(dirname(module), specifier)))
  )

describe("the server's folders", () => {
  for (const module of modules) {
    it(`${module} imports only from the folders that its own may use`, () => {
      const folder = dirname(module)
      const allowed = MAY_IMPORT[folder]
      assert.isDefined(allowed, `${folder} is not in the table of this test`)
      for (const other of imported(module)) {
        if (other !== folder) assert.include(allowed, other, `${module} imports from ${other}`)
      }
    })
  }

  it("no module is outside the folders besides the command and its entry", () => {
    assert.sameMembers(
      modules.filter((module) => dirname(module) === "."),
      ["command.ts", "main.ts"]
    )
  })
})
