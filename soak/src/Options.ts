/**
 * The command line of `pnpm soak`.
 */
import { parseArgs } from "node:util"
import { positive, whole } from "./numbers.ts"

export interface Options {
  readonly seconds: number
  /** Ends the run after this many calls instead. */
  readonly maxCalls?: number | undefined
  /** The number of servers that share a limit through Redis. */
  readonly replicas?: number | undefined
  /** Calls per second to each server. */
  readonly load: number
  /** The same seed makes the same choices; their outcomes also depend on the machine's timing. */
  readonly seed: number
  readonly json: boolean
}

export const HELP = `Runs the sandbox, servers over stdio and HTTP, and clients under load, with random faults and restarts, and
reports leaks and lost answers. With --replicas, HTTP servers share a rate limit through a real redis-server
instead, while servers are killed and Redis is restarted and fails over.

Usage: pnpm soak [options]

  --minutes N   the duration in minutes (default: 10)
  --seconds N   the duration in seconds
  --calls N     end after this many calls instead
  --replicas N  run N servers that share a limit through Redis
  --load N      calls per second to each server (default: 4, with --replicas 20)
  --seed N      the seed of the random choices (default: a random one, which is printed)
  --json        print the report as JSON on standard output
  --help        print this text

Exit codes: 0 no problem, 1 a leak, a lost answer, a bug or a violated limit, 2 wrong usage.
`

export type Parsed = Options | { readonly problem: string } | "help"

export const parse = (argv: ReadonlyArray<string>): Parsed => {
  try {
    const { values } = parseArgs({
      args: argv.filter((argument) => argument !== "--"),
      options: {
        minutes: { type: "string" },
        seconds: { type: "string" },
        calls: { type: "string" },
        replicas: { type: "string" },
        load: { type: "string" },
        seed: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" }
      }
    })
    if (values.help === true) return "help"
    if (values.minutes !== undefined && values.seconds !== undefined) {
      return { problem: "--minutes and --seconds both set the duration: pass only one of them." }
    }
    const replicas = values.replicas === undefined ? undefined : whole("replicas", values.replicas)
    if (replicas !== undefined && (replicas < 2 || replicas > 32)) {
      return { problem: `--replicas is "${replicas}": expected a number from 2 to 32.` }
    }
    const minutes = positive("minutes", values.minutes ?? "10")
    return {
      seconds: values.seconds === undefined ? minutes * 60 : positive("seconds", values.seconds),
      maxCalls: values.calls === undefined ? undefined : whole("calls", values.calls),
      replicas,
      load: positive("load", values.load ?? (replicas === undefined ? "4" : "20")),
      seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : whole("seed", values.seed),
      json: values.json === true
    }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
