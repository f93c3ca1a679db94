/**
 * The bench: measures this project and its peers on the same work in the same run, and says by how much.
 */
import { verdicts } from "./Comparison.ts"
import * as CommandLine from "./CommandLine.ts"
import * as Documents from "./Documents.ts"
import * as Results from "./Results.ts"
import { rows } from "./rows/index.ts"
import * as Table from "./Table.ts"
import * as VendorSdk from "./VendorSdk.ts"

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const measure = async (command: CommandLine.Command): Promise<Results.Results> => {
  const measured = new Array<Results.RowResults>()
  const machine = Results.machine()
  say(`${machine}, Node ${process.versions.node}\n`)
  if (command.rows.some(({ needsVendorSdk }) => needsVendorSdk)) VendorSdk.install()
  for (const row of command.rows) {
    const samples = command.samples ?? (command.quick ? 1 : row.samples)
    const comparisons = await row.run({ samples, quick: command.quick })
    const found = { id: row.id, title: row.title, samples, comparisons }
    measured.push(found)
    say(Table.rowAsText(found))
  }
  return {
    at: new Date().toISOString(),
    quick: command.quick,
    commit: Results.commit(),
    machine,
    versions: Results.versions(),
    rows: measured
  }
}

const missed = ({ rows }: Results.Results): ReadonlyArray<string> =>
  rows.flatMap(({ comparisons, id }) =>
    comparisons.flatMap((comparison) =>
      verdicts(comparison)
        .filter(({ met }) => !met)
        .map(({ target, value }) => `${id}, ${comparison.what}: ${target}, but it is ${value.toPrecision(3)}`)
    )
  )

const main = async (argv: ReadonlyArray<string>): Promise<number> => {
  const { command, problem } = CommandLine.parse(argv, rows)
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n\n${CommandLine.help(rows)}`)
    return 2
  }
  if (command === undefined) {
    say(CommandLine.help(rows))
    return 0
  }
  const file = command.results ?? Results.FILE
  const results = command.last ? Results.read(file) : await measure(command)
  if (command.last) for (const row of results.rows) say(Table.rowAsText(row))
  else Results.write(file, results)
  if (command.writeDocs) await Documents.write(results)
  if (!command.check) return 0
  const misses = missed(results)
  for (const miss of misses) process.stderr.write(`Missed: ${miss}\n`)
  return misses.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
