/**
 * `pnpm soak`: how the servers bear a long time under load, with faults and restarts.
 */
import * as Options from "./Options.ts"
import { isWell, soak } from "./Soak.ts"
import { toText } from "./Table.ts"

const main = async (): Promise<number> => {
  const options = Options.parse(process.argv.slice(2))
  if (options === "help") {
    process.stdout.write(Options.HELP)
    return 0
  }
  if ("problem" in options) {
    process.stderr.write(`${options.problem}\nTry pnpm soak --help.\n`)
    return 2
  }
  process.stderr.write(
    `Seed ${options.seed}, ${options.seconds} s at ${options.load} calls a second to each of 3 servers.\n`
  )
  const report = await soak(options, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : toText(report))
  return isWell(report) ? 0 : 1
}

process.exitCode = await main()
