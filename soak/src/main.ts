/**
 * `pnpm soak`: runs the servers under load for a long time, with faults and restarts.
 */
import { find, MISSING } from "@sailpoint-bulk-upload/tooling/redisServer"
import * as Options from "./Options.ts"
import { soakReplicas } from "./ReplicaSoak.ts"
import { isWell } from "./Report.ts"
import { soak } from "./Soak.ts"
import { toText } from "./Table.ts"

const print = (line: string): void => void process.stderr.write(`${line}\n`)

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
  const { load, maxCalls, replicas, seconds, seed } = options
  const length = maxCalls === undefined ? `${seconds} s` : `${maxCalls} calls`
  process.stderr.write(
    `Seed ${seed}, ${length} at ${load} calls per second to each of ${replicas ?? 3} servers.\n`
  )
  if (replicas !== undefined && find() === undefined) {
    process.stderr.write(`${MISSING}\n`)
    return 2
  }
  const report = await (replicas === undefined
    ? soak(options, print)
    : soakReplicas(options, replicas, print))
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : toText(report))
  return isWell(report) ? 0 : 1
}

process.exitCode = await main()
