/**
 * `pnpm run mutation [PATH …]`: counts the small changes of modules that their tests notice, in copies of the project.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Dice from "../Dice.ts"
import { EQUIVALENT } from "./equivalent.ts"
import { type Mutant, mutantsOf } from "./mutants.ts"
import { HELP, parse } from "./Options.ts"
import { functionAt, withProbes } from "./probes.ts"
import { ProjectCopy } from "./ProjectCopy.ts"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))

/** One change of one module. */
interface Change extends Mutant {
  readonly module: string
  readonly line: number
  /** The innermost function around the change. */
  readonly within: string
  readonly shown: string
}

interface TestFile {
  readonly name: string
  readonly millis: number
  /** The functions that the file calls in its own process, and in processes that run the built files. */
  readonly source: ReadonlySet<string>
  readonly built: ReadonlySet<string>
}

type Verdict = "killed" | "survived" | "timeout"

const print = (line: string): void => void process.stdout.write(`${line}\n`)

const filesOf = (...paths: ReadonlyArray<string>): ReadonlyArray<string> =>
  execFileSync("git", ["ls-files", ...paths], { cwd: ROOT, encoding: "utf8" }).split("\n")

const modulesAt = (...paths: ReadonlyArray<string>): ReadonlyArray<string> =>
  filesOf(...paths).filter((file) => /\/src\/.*\.ts$/u.test(file))

const emptyPath = (paths: ReadonlyArray<string>): string | undefined => {
  const empty = paths.find((path) => modulesAt(path).length === 0)
  return empty && `There is no module at ${empty}.`
}

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").slice(0, 60) || "nothing"

/** Shows a change from shortly before the first character that differs. */
const shown = (before: string, after: string): string => {
  const differs = [...before].findIndex((letter, n) => letter !== after[n])
  const from = differs < 30 ? 0 : differs - 10
  return `${oneLine(before.slice(from))} → ${oneLine(after.slice(from))}`
}

const changesOf = (module: string): ReadonlyArray<Change> => {
  const source = readFileSync(join(ROOT, module), "utf8")
  const lines = source.split("\n")
  const within = functionAt(module, source)
  return mutantsOf(module, source)
    .map((mutant) => ({
      ...mutant,
      module,
      line: source.slice(0, mutant.start).split("\n").length,
      within: within(mutant),
      shown: shown(source.slice(mutant.start, mutant.end), mutant.text)
    }))
    .filter(
      ({ line, shown }) =>
        !EQUIVALENT.some(
          (known) =>
            known.module === module &&
            known.change === shown &&
            lines[line - 1]?.includes(known.line) === true
        )
    )
}

const sampleOf = <A>(all: ReadonlyArray<A>, size: number, seed: number): ReadonlyArray<A> => {
  const dice = Dice.make(seed)
  const left = [...all]
  const chosen: Array<A> = []
  while (left.length > 0 && chosen.length < size)
    chosen.push(...left.splice(dice.between(0, left.length - 1), 1))
  return chosen
}

/** Lets each copy work on the items until none is left. */
const shareOut = async <A>(
  copies: ReadonlyArray<ProjectCopy>,
  items: ReadonlyArray<A>,
  work: (copy: ProjectCopy, item: A) => Promise<void>
): Promise<void> => {
  const left = items.values()
  await Promise.all(
    copies.map(async (copy) => {
      for (const item of left) await work(copy, item)
    })
  )
}

/** Without this build, the tests would judge the built files of an earlier change. */
const buildUnchanged = async (copy: ProjectCopy): Promise<void> => {
  if (!(await copy.build())) throw new Error("The build of the unchanged modules fails.")
  copy.isStale = false
}

/**
 * Runs each test file once, with probes in the modules. Leaves out and prints the files that fail, such as tests of the text of
 * built files, and whether they fail without probes, too.
 */
const measure = async (
  copies: ReadonlyArray<ProjectCopy>,
  modules: ReadonlyArray<string>,
  names: ReadonlyArray<string>
): Promise<{ readonly files: ReadonlyArray<TestFile>; readonly isComplete: boolean }> => {
  for (const copy of copies) {
    for (const module of modules) {
      copy.write(module, withProbes(module, copy.read(module), join(copy.folder, "hits.log")))
    }
    if (!(await copy.build())) throw new Error("The build fails with probes in the modules.")
  }
  const files: Array<TestFile> = []
  const failed: Array<string> = []
  await shareOut(copies, names, async (copy, name) => {
    copy.write("hits.log", "")
    const answer = await copy.run(name, 600_000)
    if (answer === "timeout" || !answer.passed) return void failed.push(name)
    const hits = copy.read("hits.log").split("\n")
    const of = (kind: string) =>
      new Set(hits.flatMap((hit) => (hit.startsWith(kind) ? [hit.slice(kind.length)] : [])))
    files.push({ name, millis: answer.millis, source: of("source "), built: of("built ") })
  })
  for (const copy of copies) {
    for (const module of modules) copy.write(module, readFileSync(join(ROOT, module), "utf8"))
    await buildUnchanged(copy)
  }
  let isComplete = true
  await shareOut(copies, failed, async (copy, name) => {
    const answer = await copy.run(name, 600_000)
    const passes = answer !== "timeout" && answer.passed
    isComplete &&= passes
    print(`Left out, because it fails ${passes ? "with probes" : "on the unchanged modules"}: ${name}`)
  })
  return { files, isComplete }
}

/** Tries one change: the test files that reach its function, the most promising first, until one fails. */
const tryChange = async (
  copy: ProjectCopy,
  change: Change,
  tests: ReadonlyArray<TestFile>,
  kills: Map<string, number>
): Promise<Verdict> => {
  const cost = ({ millis, name }: TestFile): number =>
    millis / (1 + 4 * (kills.get(`${change.module} ${name}`) ?? 0))
  const inOrder = tests.toSorted((a, b) => cost(a) - cost(b))
  const direct = inOrder.filter(({ source }) => source.has(change.within))
  const built = inOrder.filter((test) => test.built.has(change.within))
  const source = copy.read(change.module)
  if (copy.isStale) await buildUnchanged(copy)
  copy.write(change.module, source.slice(0, change.start) + change.text + source.slice(change.end))
  try {
    for (const [step, files] of [direct, built].entries()) {
      if (step === 1 && files.length > 0) {
        copy.isStale = true
        if (!(await copy.build())) return "killed"
      }
      for (const { millis, name } of files) {
        const answer = await copy.run(name, 30_000 + 8 * millis)
        if (answer === "timeout") return "timeout"
        if (answer.passed) continue
        const key = `${change.module} ${name}`
        kills.set(key, (kills.get(key) ?? 0) + 1)
        return "killed"
      }
    }
    return "survived"
  } finally {
    copy.write(change.module, source)
  }
}

const percent = (noticed: number, of: number): string =>
  `${of === 0 ? 100 : Math.round((1000 * noticed) / of) / 10} %`

/**
 * Tries the changes of the modules of one package, and prints the survivors. Returns whether all test files pass on the
 * unchanged modules.
 */
const tryPackage = async (
  copies: ReadonlyArray<ProjectCopy>,
  root: string,
  changes: ReadonlyArray<Change>,
  tests: ReadonlyArray<string>
): Promise<boolean> => {
  const modules = [...new Set(changes.map(({ module }) => module))]
  const names = filesOf(...(tests.length === 0 ? [`${root}test`] : tests)).filter((name) =>
    name.endsWith(".test.ts")
  )
  const { files, isComplete } = await measure(copies, modules, names)
  const kills = new Map<string, number>()
  const results: Array<readonly [Change, Verdict]> = []
  await shareOut(copies, changes, async (copy, change) => {
    const verdict = await tryChange(copy, change, files, kills)
    results.push([change, verdict])
    if (verdict !== "killed") print(`${verdict} ${change.module}:${change.line}  ${change.shown}`)
    if (results.length % 50 === 0) print(`${results.length} of ${changes.length} changes tried`)
  })
  const report = (name: string, of: typeof results): void => {
    const survived = of.filter(([, verdict]) => verdict === "survived").length
    print(
      `${name}: ${of.length - survived} of ${of.length} noticed, ${percent(of.length - survived, of.length)}`
    )
  }
  for (const module of modules)
    report(
      module,
      results.filter(([change]) => change.module === module)
    )
  report(`All of ${root}`, results)
  return isComplete
}

const main = async (): Promise<number> => {
  const options = parse(process.argv.slice(2))
  if (options === "help") {
    process.stdout.write(HELP)
    return 0
  }
  const problem = "problem" in options ? options.problem : emptyPath(options.paths)
  if ("problem" in options || problem !== undefined) {
    process.stderr.write(`${problem}\nTry pnpm run mutation --help.\n`)
    return 2
  }
  const { jobs, paths, sample, seed, tests } = options
  print(`Seed ${seed}`)
  const copies = Array.from({ length: jobs }, () => new ProjectCopy(ROOT))
  const remove = (): void => copies.forEach((copy) => copy.remove())
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      remove()
      process.exit(130)
    })
  }
  try {
    for (const copy of copies) copy.install()
    const changes = sampleOf(modulesAt(...paths).flatMap(changesOf), sample, seed)
    let isComplete = true
    for (const [root = "", of] of Map.groupBy(changes, ({ module }) => module.split("src/", 1)[0])) {
      isComplete = (await tryPackage(copies, root, of, tests)) && isComplete
    }
    return isComplete ? 0 : 1
  } finally {
    remove()
  }
}

process.exitCode = await main()
