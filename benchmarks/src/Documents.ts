/**
 * The measured tables in docs/performance.md, between two marks.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Results } from "./Results.ts"
import * as Table from "./Table.ts"

const FILE = fileURLToPath(new URL("../../docs/performance.md", import.meta.url))

const BEGIN = "<!-- measured: begin, written by pnpm bench --write-docs -->"
const END = "<!-- measured: end -->"

/** Replaces what stands between the marks; what is told in words around them stays. */
export const write = (results: Results): void => {
  const text = readFileSync(FILE, "utf8")
  const [before, rest] = text.split(BEGIN)
  const [, after] = rest?.split(END) ?? []
  if (before === undefined || after === undefined) throw new Error(`${FILE} has no place for the tables.`)
  writeFileSync(FILE, `${before}${BEGIN}\n\n${Table.asMarkdown(results)}\n\n${END}${after}`)
}
