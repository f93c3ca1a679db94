/**
 * The results as one table: aligned for a terminal, in Markdown for the document.
 */
import { type Figure, median, verdict } from "./Figure.ts"
import type { Results } from "./Results.ts"

const HEAD = ["what", "against", "medians", "ratio", "target", "result"]

const number = (value: number): string =>
  value.toLocaleString(
    "en-US",
    Math.abs(value) < 100 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 }
  )

const cells = (figure: Figure): ReadonlyArray<string> => {
  const { against, ours, target, unit, what } = figure
  const { met, value } = verdict(figure)
  const bound = target.atMost === undefined ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
  const result = met ? "met" : "MISSED"
  return against === undefined
    ? [what, "", "", `${number(value)} ${unit}`, `${bound} ${unit}`, result]
    : [
        what,
        against.name,
        `${number(median(ours))} / ${number(median(against.samples))} ${unit}`,
        `${value.toFixed(2)} ×`,
        `${bound} ×`,
        result
      ]
}

const lines = ({ rows }: Results): ReadonlyArray<ReadonlyArray<string>> =>
  rows.flatMap(({ figures }) => figures.map(cells))

export const asText = (results: Results): string => {
  const all = [HEAD, ...lines(results)]
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}

export const asMarkdown = (results: Results): string => {
  const { at, commit, machine, versions } = results
  const installed = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    ...[HEAD, HEAD.map(() => "---"), ...lines(results)].map((row) => `| ${row.join(" | ")} |`),
    "",
    `Measured on ${at.slice(0, 10)} at commit ${commit} on ${machine}, with ${installed.join(", ")}.`
  ].join("\n")
}
