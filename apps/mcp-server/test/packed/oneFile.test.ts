import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rolldown } from "rolldown"
import { oneFile, staticallyImported } from "../../oneFile.ts"

const MODULES: Readonly<Record<string, string>> = {
  main: `#!/usr/bin/env node
    import { tell } from "shared"
    tell("main… \u{1F600}")
    tell(\`\${typeof (function () { return this })()} in a function\`)
    if (process.argv[2] === "late") import("late").then(({ name, count }) => tell(name + count()))`,
  shared: `let calls = 0
    export const count = () => calls
    export const tell = (text) => { calls++; console.log(text) }`,
  late: `import { basename } from "node:path"
    import { count, tell } from "shared"
    tell(basename(new Error().stack.split("\\n")[1]))
    export const name = "calls: "
    export { count }`
}

const built = async (modules = MODULES): Promise<string> => {
  const start = staticallyImported(({ isEntry }) => isEntry)
  const bundle = await rolldown({
    input: "main",
    platform: "node",
    plugins: [
      start.plugin,
      {
        name: "given",
        resolveId: (id) => (Object.hasOwn(modules, id) ? id : null),
        load: (id) => modules[id]
      }
    ]
  })
  const { output } = await bundle.generate({
    format: "cjs",
    codeSplitting: { groups: [{ name: "start", test: start.includes }] }
  })
  return oneFile(
    "console.log('first')",
    output.filter((chunk) => chunk.type === "chunk")
  )
}

/** What the file prints when it is run. */
const run = (code: string, ...args: ReadonlyArray<string>): string => {
  const folder = mkdtempSync(join(tmpdir(), "one-file-"))
  try {
    const file = join(folder, "main.cjs")
    writeFileSync(file, code)
    return execFileSync(process.execPath, [file, ...args], { encoding: "utf8" })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe("the one file of many chunks", () => {
  it("runs its entry in strict mode after the prologue, whatever characters are in it, and is itself in ASCII", async () => {
    const code = await built()
    assert.strictEqual(run(code), "first\nmain… \u{1F600}\nundefined in a function\n")
    assert.match(code, /^#!\/usr\/bin\/env node\n/u)
    // oxlint-disable-next-line no-control-regex -- all of ASCII
    assert.match(code, /^[\0-\x7f]*$/u)
  })

  it("compiles a chunk under a name of its own when it is imported, and shares with it what both use", async () => {
    const [, , , late, last] = run(await built(), "late")
      .trim()
      .split("\n")
    assert.match(late ?? "", /^late-/u)
    assert.strictEqual(last, "calls: 3")
  })
})
