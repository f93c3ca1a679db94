/**
 * What a run found, as it is kept: in a file that is not checked in, from which tables and documents are made.
 */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { cpus, release, totalmem, type } from "node:os"
import { fileURLToPath } from "node:url"
import type { Comparison } from "./Comparison.ts"

export interface Results {
  /** When it ended, in ISO 8601. */
  readonly at: string
  /** Only to see that it runs: its figures mean nothing. */
  readonly quick: boolean
  /** What was measured. */
  readonly commit: string
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
  readonly rows: ReadonlyArray<RowResults>
}

export interface RowResults {
  readonly id: string
  readonly title: string
  readonly samples: number
  readonly comparisons: ReadonlyArray<Comparison>
}

export const FILE = fileURLToPath(new URL("../results.json", import.meta.url))

export const write = (file: string, results: Results): void =>
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`)

export const read = (file: string): Results => JSON.parse(readFileSync(file, "utf8"))

export const machine = (): string => {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, ${memory} GiB, ${type()} ${release()}`
}

/** Of everything that takes part. */
export const versions = (): Readonly<Record<string, string>> => ({
  node: process.versions.node,
  ...dependencies()
})

const dependencies = (): Readonly<Record<string, string>> => {
  const { devDependencies } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8")
  ) as { devDependencies: Record<string, string> }
  return Object.fromEntries(
    Object.entries(devDependencies).filter(([, version]) => !version.startsWith("workspace:"))
  )
}

/** The commit that was measured, with a mark when there were changes on it. */
export const commit = (): string => {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim()
  } catch {
    return "unknown"
  }
}
