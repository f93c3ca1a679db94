/**
 * The results of a run: kept as JSON in a file that is not checked in, and written into docs/performance.md.
 */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { cpus, release, totalmem, type } from "node:os"
import { fileURLToPath } from "node:url"
import { format, type FormatConfig } from "oxfmt"
import { type Figure, verdict } from "./Figure.ts"
import * as Table from "./Table.ts"

export interface Results {
  /** When the run ended, in ISO 8601. */
  readonly at: string
  /** Whether the run only showed that the benchmark works: its figures mean nothing. */
  readonly quick: boolean
  readonly commit: string
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
  readonly rows: ReadonlyArray<{ readonly id: string; readonly figures: ReadonlyArray<Figure> }>
}

export const FILE = fileURLToPath(new URL("../results.json", import.meta.url))

/** Adds the ratio and the verdict of each figure, for readers of the JSON. */
export const write = (file: string, results: Results): void => {
  const rows = results.rows.map(({ figures, id }) => ({
    id,
    figures: figures.map((figure) => ({ ...figure, ...verdict(figure) }))
  }))
  writeFileSync(file, `${JSON.stringify({ ...results, rows }, undefined, 2)}\n`)
}

export const read = (file: string): Results => JSON.parse(readFileSync(file, "utf8"))

export const machine = (): string => {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, ${memory} GiB, ${type()} ${release()}`
}

/** The versions of Node and the measured packages, including peers. */
export const versions = (): Readonly<Record<string, string>> => {
  const [own, published] = ["../package.json", "../published/package.json"].map(
    (file): { readonly dependencies?: object; readonly devDependencies?: object } =>
      JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"))
  )
  return Object.fromEntries(
    Object.entries<string>({
      node: process.versions.node,
      ...own?.devDependencies,
      ...published?.dependencies
    }).filter(([, version]) => !version.startsWith("workspace:"))
  )
}

/** The measured commit, marked if there are uncommitted changes. */
export const commit = (): string => {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim()
  } catch {
    return "unknown"
  }
}

const ROOT = new URL("../../", import.meta.url)
const BEGIN = "<!-- measured: begin, written by pnpm bench --write-docs -->"
const END = "<!-- measured: end -->"

/** Replaces the text between the marks of docs/performance.md. */
export const writeDocs = async (results: Results): Promise<void> => {
  if (results.quick)
    throw new Error("The figures of a quick run mean nothing: run the bench without --quick.")
  const file = fileURLToPath(new URL("docs/performance.md", ROOT))
  const layout: FormatConfig = JSON.parse(readFileSync(new URL(".oxfmtrc.json", ROOT), "utf8"))
  const [before, rest] = readFileSync(file, "utf8").split(BEGIN)
  const [, after] = rest?.split(END) ?? []
  if (before === undefined || after === undefined) throw new Error(`${file} has no marks for the table.`)
  const { code } = await format(
    file,
    `${before}${BEGIN}\n\n${Table.asMarkdown(results)}\n\n${END}${after}`,
    layout
  )
  writeFileSync(file, code)
}
