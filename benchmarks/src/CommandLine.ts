/**
 * What can be said to `pnpm bench`.
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
): string => `Measures this project and its peers on the same work, in turns.

Usage: pnpm bench [--rows ID,ID] [--samples N] [--check] [--write-docs] [--last]

  --rows IDS      only these rows, separated by commas
  --samples N     samples of each (default: what the row needs)
  --check         exit 1 when a target is missed, naming it
  --write-docs    put the tables into docs/performance.md, and the few figures of the README there
  --last          measure nothing, take the results of the last run
  --results FILE  where the results are kept as JSON (default: benchmarks/results.json)
  --quick         the least work there can be, to see that all of it runs; its figures mean nothing
  --help          this text

Rows:
${rows.map(({ id, title }) => `  ${id.padEnd(14)}  ${title}`).join("\n")}
`

/** The command, or what is wrong with it; neither, when only the help is wanted. */
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
    return {
      command: {
        rows: wanted === undefined ? rows : rows.filter(({ id }) => wanted.includes(id)),
        samples: values.samples === undefined ? undefined : Number(values.samples),
        quick: values.quick,
        check: values.check,
        last: values.last,
        writeDocs: values["write-docs"],
        results: values.results
      }
    }
  } catch (error) {
    const [problem = ""] = (error instanceof Error ? error.message : String(error)).split(". ", 1)
    return { problem }
  }
}
