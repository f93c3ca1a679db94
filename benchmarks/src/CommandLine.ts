/**
 * The command line of `pnpm bench`.
 */
import { parseArgs } from "node:util"
import type { Row } from "./Row.ts"

export interface Command {
  readonly rows: ReadonlyArray<Row>
  readonly samples: number | undefined
  readonly quick: boolean
  readonly check: boolean
  readonly last: boolean
  readonly writeDocs: boolean
  readonly results: string | undefined
}

export const help = (
  rows: ReadonlyArray<Row>
): string => `Measures this project and its peers on the same work and prints one table of ratios and targets.

Usage: pnpm bench [--rows ID,ID] [--samples N] [--check] [--write-docs] [--last]

  --rows IDS      measure only these rows, separated by commas
  --samples N     samples of each (default: depends on the row)
  --check         exit 1 if a target is missed
  --write-docs    write the table into docs/performance.md
  --last          measure nothing, use the results of the last run
  --results FILE  the JSON file of the results (default: benchmarks/results.json)
  --quick         do the least work, without the peers that have to be installed; the figures mean nothing
  --help          print this text

Rows:
${rows.map(({ id, title }) => `  ${id.padEnd(14)}  ${title}`).join("\n")}
`

/** Returns the command or a problem, or neither if only the help text is wanted. */
export const parse = (
  argv: ReadonlyArray<string>,
  rows: ReadonlyArray<Row>
): { readonly command?: Command; readonly problem?: string } => {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        rows: { type: "string" },
        samples: { type: "string" },
        check: { type: "boolean", default: false },
        "write-docs": { type: "boolean", default: false },
        last: { type: "boolean", default: false },
        results: { type: "string" },
        quick: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" }
      }
    })
    if (values.help === true) return {}
    const wanted = values.rows?.split(",").map((id) => id.trim())
    const unknown = wanted?.find((id) => rows.every((row) => row.id !== id))
    if (unknown !== undefined) return { problem: `There is no row "${unknown}".` }
    if (values.samples !== undefined && !/^[1-9]\d*$/u.test(values.samples)) {
      return { problem: `--samples is "${values.samples}": expected a whole number from 1.` }
    }
    const { check, last, quick, results } = values
    return {
      command: {
        rows: wanted === undefined ? rows : rows.filter(({ id }) => wanted.includes(id)),
        samples: values.samples === undefined ? undefined : Number(values.samples),
        writeDocs: values["write-docs"],
        check,
        last,
        quick,
        results
      }
    }
  } catch (error) {
    const [problem = ""] = (error instanceof Error ? error.message : String(error)).split(". ", 1)
    return { problem }
  }
}
