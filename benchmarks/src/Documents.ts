/**
 * What was measured, in the documents, between two marks: all tables in docs/performance.md, a few figures in the
 * README.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { format, type FormatConfig } from "oxfmt"
import type { Results } from "./Results.ts"
import * as Table from "./Table.ts"

const ROOT = new URL("../../", import.meta.url)

const BEGIN = "<!-- measured: begin, written by pnpm bench --write-docs -->"
const END = "<!-- measured: end -->"

/** Replaces what stands between the marks; what is told in words around them stays. */
export const write = async (results: Results): Promise<void> => {
  const layout = JSON.parse(readFileSync(new URL(".oxfmtrc.json", ROOT), "utf8")) as FormatConfig
  for (const [document, content] of [
    ["docs/performance.md", Table.asMarkdown(results)],
    ["README.md", Table.figures(results)]
  ] as const) {
    const file = fileURLToPath(new URL(document, ROOT))
    const [before, rest] = readFileSync(file, "utf8").split(BEGIN)
    const [, after] = rest?.split(END) ?? []
    if (before === undefined || after === undefined) throw new Error(`${file} has no place for the tables.`)
    const { code } = await format(file, `${before}${BEGIN}\n\n${content}\n\n${END}${after}`, layout)
    writeFileSync(file, code)
  }
}
