/** Every TypeScript snippet that a reader meets, in the documents and in the docstrings, compiles. */
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { glob, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const root = fileURLToPath(new URL("../..", import.meta.url))
const folder = join(root, "examples/.snippets")

const TSC = join(root, "node_modules/typescript/bin/tsc")

const documents = ["README.md", "packages/*/README.md", "docs/*.md", "packages/*/src/**/*.ts"]

interface Snippet {
  readonly file: string
  readonly line: number
  readonly code: string
}

/** The fenced blocks of a file, without the asterisks of a docstring around them. */
const snippetsOf = (file: string, text: string): ReadonlyArray<Snippet> =>
  Array.from(
    text.matchAll(/^( *\* |)```ts\n(.*?)^\1```$/gmsu),
    ({ 1: prefix = "", 2: block = "", index }) => ({
      file,
      line: text.slice(0, index).split("\n").length,
      code: block
        .split("\n")
        .map((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : line.replace(/^ *\*$/u, "")))
        .join("\n")
    })
  )

const collect = async (): Promise<ReadonlyArray<Snippet>> => {
  const files = await Array.fromAsync(glob(documents, { cwd: root }))
  const found = await Promise.all(
    files.toSorted().map(async (file) => snippetsOf(file, await readFile(join(root, file), "utf8")))
  )
  return found.flat()
}

const TSCONFIG = {
  extends: "../../tsconfig.base.json",
  compilerOptions: {
    composite: false,
    incremental: false,
    noEmit: true,
    noUnusedLocals: false,
    rewriteRelativeImportExtensions: false,
    types: ["node"]
  },
  include: ["*.ts"]
}

describe("snippets", () => {
  it("compile", { timeout: 60_000 }, async () => {
    const snippets = await collect()
    assert.isAbove(snippets.length, 10, "the snippets are found")
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG))
    for (const { code, file, line } of snippets) {
      const name = `${file.replaceAll(/[/.]/gu, "-")}-${line}.ts`
      await writeFile(join(folder, name), `${code}\nexport {}\n`)
    }
    const { stderr, stdout } = await promisify(execFile)(process.execPath, [TSC, "-p", folder]).catch(
      (failure: { readonly stdout: string; readonly stderr: string }) => failure
    )
    assert.deepStrictEqual([stdout, stderr], ["", ""])
    await rm(folder, { recursive: true })
  })
})
