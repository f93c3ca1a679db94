/**
 * `pnpm run mutation [MODULE]`: counts the small changes of a module that its tests notice, in a copy of the project.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Dice from "../Dice.ts"
import { whole } from "../numbers.ts"
import { type Mutant, mutantsOf } from "./mutants.ts"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))

const CORE = "packages/core/"
const SERVER = "apps/mcp-server/"

/** The step that builds the server, which the tests of later steps start as a process. */
const BUILD = "build"

/** The default modules, with the steps that test them, the quickest first. */
const COVERED: Readonly<Record<string, ReadonlyArray<string>>> = {
  [`${CORE}src/internal/retryAfter.ts`]: [`${CORE}test/hostile/headers.test.ts`, `${CORE}test`],
  [`${CORE}src/internal/reply.ts`]: [
    `${CORE}test/bounds.test.ts ${CORE}test/status.test.ts ${CORE}test/proxy.test.ts`,
    `${CORE}test/hostile/answers.test.ts ${CORE}test/hostile/secrets.test.ts`,
    `${CORE}test`
  ],
  [`${CORE}src/internal/send.ts`]: [
    `${CORE}test/telemetry.test.ts ${CORE}test/status.test.ts ${CORE}test/bounds.test.ts`,
    `${CORE}test`
  ],
  [`${SERVER}src/http/Exchange.ts`]: [
    BUILD,
    `${SERVER}test/http/clients.test.ts ${SERVER}test/http/keepAlive.test.ts`,
    `${SERVER}test/http ${SERVER}test/hostile/httpClients.test.ts ${SERVER}test/hostile/ids.test.ts`
  ],
  [`${SERVER}src/handlers/SourceList.ts`]: [
    `${SERVER}test/handlers/SourceList.test.ts`,
    BUILD,
    `${SERVER}test/tools/listNonEmployeeSources.test.ts ${SERVER}test/handlers`
  ]
}

const HELP = `Changes a module in many small ways, one at a time, and prints the changes that no test notices.

Usage: pnpm run mutation [MODULE] [options]

  MODULE       a module, for example packages/core/src/internal/reply.ts (default: a few modules)
  --sample N   try N changes of each module, chosen at random (default: all)
  --seed N     the seed of the choice (default: a random one, which is printed)
  --help       print this text
`

type Verdict = "killed" | "survived" | "timeout"

let child: ChildProcess | undefined

/** Runs a command in a process group, so that all its processes end. Returns undefined if the command times out. */
const run = (folder: string, millis: number, ...args: ReadonlyArray<string>): Promise<boolean | undefined> =>
  new Promise((resolve, reject) => {
    const started = spawn(process.execPath, args, { cwd: folder, stdio: "ignore", detached: true })
    child = started
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      killGroup()
    }, millis)
    started.once("error", reject)
    started.once("exit", (code) => {
      clearTimeout(timer)
      killGroup()
      resolve(isLate ? undefined : code === 0)
    })
  })

const killGroup = (): void => {
  try {
    if (child?.pid !== undefined) process.kill(-child.pid, "SIGKILL")
  } catch {
    // The group has ended.
  }
}

const copyTo = (folder: string): void => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
    cwd: ROOT,
    encoding: "utf8"
  })
  for (const file of files.split("\0")) {
    if (file !== "" && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(folder, file))
  }
  execFileSync("npx", ["--yes", "pnpm@12.21.0", "install", "--frozen-lockfile", "--prefer-offline"], {
    cwd: folder,
    stdio: "ignore"
  })
}

const stepsOf = (module: string): ReadonlyArray<string> => {
  const [root = ""] = module.split("src/", 1)
  return COVERED[module] ?? (root === CORE ? [`${root}test`] : [BUILD, `${root}test`])
}

/** Runs the tests of a module until one fails. */
const check = async (folder: string, module: string, millis: number): Promise<Verdict> => {
  for (const step of stepsOf(module)) {
    const config = ["run", "--config", "vitest.workspace.ts", "--bail", "1"]
    const passed = await (step === BUILD
      ? run(folder, millis, `${SERVER}build.ts`)
      : run(folder, millis, "node_modules/vitest/vitest.mjs", ...config, ...step.split(" ")))
    if (passed === undefined) return "timeout"
    if (!passed) return "killed"
  }
  return "survived"
}

const sampleOf = (mutants: ReadonlyArray<Mutant>, size: number, seed: number): ReadonlyArray<Mutant> => {
  const dice = Dice.make(seed)
  const left = [...mutants]
  const chosen: Array<Mutant> = []
  while (left.length > 0 && chosen.length < size) {
    chosen.push(...left.splice(dice.between(0, left.length - 1), 1))
  }
  return chosen.toSorted((a, b) => a.start - b.start)
}

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").slice(0, 60) || "nothing"

/** Shows a change from shortly before the first character that differs. */
const shown = (before: string, after: string): string => {
  const differs = [...before].findIndex((letter, n) => letter !== after[n])
  const from = differs < 30 ? 0 : differs - 10
  return `${oneLine(before.slice(from))} → ${oneLine(after.slice(from))}`
}

const tryModule = async (folder: string, module: string, size: number, seed: number): Promise<boolean> => {
  const file = join(folder, module)
  const source = readFileSync(file, "utf8")
  const began = performance.now()
  if ((await check(folder, module, 1_200_000)) !== "survived") {
    process.stdout.write(`${module}: the tests fail on the unchanged module.\n`)
    return false
  }
  const millis = 30_000 + 5 * (performance.now() - began)
  const counts: Record<Verdict, number> = { killed: 0, survived: 0, timeout: 0 }
  const mutants = mutantsOf(file, source)
  const sample = sampleOf(mutants, size, seed)
  for (const { end, start, text } of sample) {
    writeFileSync(file, source.slice(0, start) + text + source.slice(end))
    const verdict = await check(folder, module, millis)
    counts[verdict] += 1
    const line = source.slice(0, start).split("\n").length
    const change = shown(source.slice(start, end), text)
    if (verdict !== "killed") process.stdout.write(`${verdict} ${module}:${line}  ${change}\n`)
  }
  writeFileSync(file, source)
  const noticed = counts.killed + counts.timeout
  process.stdout.write(
    `${module}: ${counts.killed} killed, ${counts.timeout} timed out, ${counts.survived} survived of ${sample.length} (${mutants.length} in all), ${Math.round((100 * noticed) / Math.max(1, sample.length))} % noticed\n`
  )
  return true
}

const parse = (argv: ReadonlyArray<string>) => {
  try {
    const { positionals, values } = parseArgs({
      args: argv.filter((argument) => argument !== "--"),
      allowPositionals: true,
      options: { sample: { type: "string" }, seed: { type: "string" }, help: { type: "boolean", short: "h" } }
    })
    if (values.help === true) return "help"
    const modules = positionals.length === 0 ? Object.keys(COVERED) : positionals
    const unknown = modules.find((module) => !existsSync(join(ROOT, module)))
    if (unknown !== undefined) return { problem: `There is no module ${unknown}.` }
    return {
      modules,
      sample: values.sample === undefined ? Infinity : whole("sample", values.sample),
      seed: values.seed === undefined ? Date.now() % 2 ** 31 : whole("seed", values.seed)
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

const main = async (): Promise<number> => {
  const options = parse(process.argv.slice(2))
  if (options === "help") {
    process.stdout.write(HELP)
    return 0
  }
  if ("problem" in options) {
    process.stderr.write(`${options.problem}\nTry pnpm run mutation --help.\n`)
    return 2
  }
  const { modules, sample, seed } = options
  process.stdout.write(`Seed ${seed}\n`)
  const folder = mkdtempSync(join(tmpdir(), "mutation-"))
  const stop = () => {
    killGroup()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop()
      process.exit(130)
    })
  }
  try {
    copyTo(folder)
    let isGood = true
    for (const module of modules) isGood = (await tryModule(folder, module, sample, seed)) && isGood
    return isGood ? 0 : 1
  } finally {
    stop()
  }
}

process.exitCode = await main()
