/**
 * The benchmark: measures this project and its peers on the same work in the same run.
 */
import * as CommandLine from "./CommandLine.ts"
import { verdict } from "./Figure.ts"
import * as Published from "./Published.ts"
import * as Results from "./Results.ts"
import { rows } from "./rows/index.ts"
import * as Table from "./Table.ts"

const print = (text: string): void => void process.stdout.write(`${text}\n`)
const report = (text: string): void => void process.stderr.write(`${text}\n`)

const measure = async ({ quick, rows, samples }: CommandLine.Command): Promise<Results.Results> => {
  const machine = Results.machine()
  report(`${machine}, Node ${process.versions.node}`)
  if (!quick) Published.install()
  const measured = []
  for (const row of rows) {
    const since = performance.now()
    const figures = await row.run({ samples: samples ?? (quick ? 1 : row.samples), quick })
    measured.push({ id: row.id, figures })
    report(`${row.id}: measured in ${((performance.now() - since) / 1000).toFixed()} s`)
  }
  return {
    at: new Date().toISOString(),
    quick,
    commit: Results.commit(),
    machine,
    versions: Results.versions(),
    rows: measured
  }
}

const main = async (argv: ReadonlyArray<string>): Promise<number> => {
  const { command, problem } = CommandLine.parse(argv, rows)
  if (problem !== undefined) {
    report(`${problem}\n\n${CommandLine.help(rows)}`)
    return 2
  }
  if (command === undefined) {
    print(CommandLine.help(rows))
    return 0
  }
  const file = command.results ?? Results.FILE
  const results = command.last ? Results.read(file) : await measure(command)
  if (!command.last) Results.write(file, results)
  print(Table.asText(results))
  if (command.writeDocs) await Results.writeDocs(results)
  const met = results.rows.every(({ figures }) => figures.every((figure) => verdict(figure).met))
  return command.check && !met ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
