/**
 * Results as tables: aligned for a terminal, in Markdown for a document.
 */
import { type Comparison, spread, verdicts } from "./Comparison.ts"
import type { Results, RowResults } from "./Results.ts"

const number = (value: number, digits: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** For each who was measured: its median, its quartiles, and its median divided by that of the first, which is ours. */
const lines = (comparison: Comparison): ReadonlyArray<ReadonlyArray<string>> => {
  const { digits, measured, unit } = comparison
  const [ours] = measured
  return measured.map(({ name, samples }) => {
    const { lower, median, upper } = spread(samples)
    const ratio = spread(ours?.samples ?? []).median / median
    return [
      name,
      `${number(median, digits)} ${unit}`,
      samples.length < 2 ? "" : `${number(lower, digits)} to ${number(upper, digits)}`,
      name === ours?.name || !Number.isFinite(ratio) ? "" : `${number(ratio, 2)} ×`
    ]
  })
}

const HEAD = ["", "median", "quartiles", "ours to it"]

const told = ({ met, target, value }: ReturnType<typeof verdicts>[number]): string =>
  `${met ? "met" : "MISSED"}: ${target} (${number(value, 2)})`

const align = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
      )
      .join("  ")
      .trimEnd()
  )
}

export const rowAsText = (row: RowResults): string =>
  [
    `${row.title}  [${row.id}]`,
    ...row.comparisons.flatMap((comparison) => [
      "",
      ...align([[comparison.what, ...HEAD.slice(1)], ...lines(comparison)]).map((line) => `  ${line}`),
      ...verdicts(comparison).map((verdict) => `  ${told(verdict)}`)
    ]),
    ""
  ].join("\n")

export const asMarkdown = ({ at, commit, machine, rows, versions }: Results): string =>
  [
    `Measured on ${at.slice(0, 10)} at commit ${commit}: ${machine}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}.`,
    ...rows.flatMap(({ comparisons, title }) => [
      "",
      `### ${title}`,
      ...comparisons.flatMap((comparison) => [
        "",
        markdownRow([comparison.what, ...HEAD.slice(1)]),
        markdownRow(["---", "---:", "---:", "---:"]),
        ...lines(comparison).map(markdownRow),
        "",
        [howOften(comparison), ...verdicts(comparison).map((verdict) => `${told(verdict)}.`)].join(" ")
      ])
    ])
  ].join("\n")

/** A size is the same every time, so that it is looked at once. */
const howOften = ({ measured }: Comparison): string => {
  const samples = Math.max(...measured.map((one) => one.samples.length))
  return samples === 1 ? "Measured once." : `${samples} samples each.`
}

/** The comparisons that stand for all of them, as a reader of the README would call them. */
const FIGURES = [
  ["cold-start", "spawn to first answer", "the server's start, to the answer to `initialize`"],
  ["status-call", "one at a time", "one status call"],
  ["size", "bundled and minified", "what a program bundles, minified"],
  ["size", "installed", "installed"]
] as const

/** Medians of a few comparisons, ours first; of a run without their rows, a line that says so. */
export const figures = ({ at, commit, machine, rows }: Results): string => {
  const lines = FIGURES.flatMap(([id, what, name]) =>
    rows
      .filter((row) => row.id === id)
      .flatMap(({ comparisons }) => comparisons.filter((comparison) => comparison.what === what))
      .map(({ digits, measured, unit }) => {
        const [ours = "", ...others] = measured.map(
          ({ name, samples }) => `${name}: ${number(spread(samples).median, digits)} ${unit}`
        )
        return markdownRow([name, ours, others.join("<br>")])
      })
  )
  if (lines.length === 0) return "Of these, the last run measured none."
  return [
    markdownRow(["median", "this project", "beside it"]),
    markdownRow(["---", "---", "---"]),
    ...lines,
    "",
    `Measured on ${at.slice(0, 10)} at commit ${commit}: ${machine}.`
  ].join("\n")
}

const markdownRow = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
