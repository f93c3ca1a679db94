/** The commands' completion scripts, loaded by their shells. */
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll } from "vitest"
import { OPTIONS, SHELLS } from "../../src/cli/CommandLineOptions.ts"
import { LOG_LEVELS } from "../../src/telemetry/logLevels.ts"
import { MAIN } from "../support/ServerProcess.ts"
import { shells } from "../support/Shell.ts"

const run = promisify(execFile)

const SERVER = { name: "sailpoint-bulk-upload-mcp", main: MAIN }
const SANDBOX = {
  name: "sailpoint-bulk-upload-sandbox",
  main: fileURLToPath(new URL("../../../../packages/sandbox/src/main.ts", import.meta.url))
}

const scriptOf = async ({ main }: { readonly main: string }, shell: string) =>
  (await run(process.execPath, [main, "--completions", shell])).stdout

/** Lines with one completion, and the completed word. */
const unambiguous: ReadonlyArray<readonly [line: string, word: string]> = [
  [`${SERVER.name} ht`, "http"],
  [`${SERVER.name} http --allowed-o`, "--allowed-origin"],
  [`${SERVER.name} --log-level d`, "debug"],
  [`${SERVER.name} check --source some --js`, "--json"],
  [`${SERVER.name} --sandbox ch`, "check"],
  [`${SERVER.name} check --log-level no`, "none"],
  [`${SERVER.name} --completions f`, "fish"],
  [`${SANDBOX.name} --po`, "--port"],
  [`${SANDBOX.name} --completions p`, "powershell"]
]

/** Lines with several completions, and all completions. Those of zsh cannot be read. */
const ambiguous: ReadonlyArray<readonly [line: string, words: ReadonlyArray<string>]> = [
  [`${SERVER.name} check --s`, ["--sandbox", "--source"]],
  [`${SERVER.name} --log-level `, Object.keys(LOG_LEVELS).toSorted()],
  [`${SERVER.name} http --ho`, ["--host"]],
  [`${SERVER.name} stdio --ho`, []]
]

describe.each(shells)("in $name", { timeout: 60_000 }, ({ complete, isMissing, name }) => {
  let folder = ""
  let script = ""

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "completions-"))
    script = join(folder, `both.${name}`)
    const [ours, its] = await Promise.all([scriptOf(SERVER, name), scriptOf(SANDBOX, name)])
    await writeFile(script, `${ours}\n${its}`)
  }, 60_000)
  afterAll(() => rm(folder, { recursive: true }))

  it.skipIf(isMissing)("Tab completes a word with one completion", async () => {
    const words = await complete(
      script,
      unambiguous.map(([line]) => line)
    )
    for (const [index, [line, word]] of unambiguous.entries()) {
      assert.deepStrictEqual(words[index], [word], line)
    }
  })

  it.skipIf(isMissing || name === "zsh")("Tab offers all completions", async () => {
    const words = await complete(
      script,
      ambiguous.map(([line]) => line)
    )
    for (const [index, [line, all]] of ambiguous.entries()) {
      assert.deepStrictEqual(words[index]?.toSorted(), [...all], line)
    }
  })
})

describe("the scripts", () => {
  it.each(SHELLS)("the script for %s contains every option, and how to install the script", async (shell) => {
    const script = await scriptOf(SERVER, shell)
    for (const option of Object.keys(OPTIONS)) assert.include(script, option)
    assert.include(script, `${SERVER.name} --completions ${shell}`)
    assert.notInclude(script, "--no-")
  })
})
