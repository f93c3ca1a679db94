/**
 * The command line: what was asked for, or what is wrong with it.
 */
import { parseArgs } from "node:util"

/** The levels that can be asked for, as Effect names them. */
const LOG_LEVELS = { debug: "Debug", info: "Info", warn: "Warn", error: "Error", none: "None" } as const

export type LogLevel = (typeof LOG_LEVELS)[keyof typeof LOG_LEVELS]

/** What every command that asks a tenant has. */
interface Asking {
  readonly sandbox: boolean
  readonly logLevel: LogLevel
}

export interface Stdio extends Asking {
  readonly _tag: "Stdio"
}

export interface Check extends Asking {
  readonly _tag: "Check"
  readonly sourceId: string | undefined
  readonly json: boolean
}

export type Command =
  | { readonly _tag: "Help" }
  | { readonly _tag: "Version" }
  | Stdio
  | Check
  | { readonly _tag: "Misused"; readonly problem: string }

export const HELP = `Tells AI assistants the status of SailPoint non-employee bulk uploads, over MCP.

Usage: sailpoint-bulk-upload-mcp [stdio | check] [options]

  stdio              serve one assistant over standard input and output (the default)
  check              try settings, token, sources and one status, and say what to do about what fails

Options of check:
  --source ID        the source whose status is asked for (default: the first of the list)
  --json             print what was found as JSON

Options:
  --sandbox          answer from a local sandbox with made-up sources; needs no settings
  --log-level LEVEL  debug, info, warn, error or none, on standard error (default: info; of check, warn)
  --version          print the version
  --help             print this text

Settings, from the environment only:
  SAIL_BASE_URL       the tenant's API host, https://{tenant}.api.identitynow.com
  SAIL_CLIENT_ID      the client id of a personal access token with the scope idn:nelm:read
  SAIL_CLIENT_SECRET  its secret
  SAIL_ACCESS_TOKEN   instead of the two: an access token made elsewhere (it is never renewed)
  SAIL_API_VERSION    v2024 (the default), v2025, v2026, v3, beta or v1
  SAIL_ALLOWED_HOSTS  hosts outside SailPoint's domains that may get the secret, separated by commas
  SAIL_REQUEST_BUDGET this server's part of SailPoint's limit, such as 50 per 10 seconds (default: 100)
  SAIL_REDIS_URL      redis:// or rediss://, to share the budget and the token with other servers

Exit codes: 0 all is well, 1 something failed (a check, or while running), 2 wrong usage or settings.
`

export const parse = (argv: ReadonlyArray<string>): Command => {
  const { positionals, problem, values } = read(argv)
  if (problem !== undefined) return misused(problem)
  if (values.help === true) return { _tag: "Help" }
  if (values.version === true) return { _tag: "Version" }
  const [command = "stdio", ...rest] = positionals
  if (command !== "stdio" && command !== "check") {
    return misused(`"${command}" is not a command; there are: stdio and check.`)
  }
  if (rest.length > 0) return misused(`${command} takes no arguments, but got: ${rest.join(" ")}.`)
  const level = values["log-level"] ?? (command === "check" ? "warn" : "info")
  if (!isLevel(level)) {
    return misused(`--log-level is "${level}"; expected one of ${Object.keys(LOG_LEVELS).join(", ")}.`)
  }
  const asking = { sandbox: values.sandbox === true, logLevel: LOG_LEVELS[level] }
  if (command === "check") {
    return { _tag: "Check", ...asking, sourceId: values.source, json: values.json === true }
  }
  return values.source === undefined && values.json === undefined
    ? { _tag: "Stdio", ...asking }
    : misused("--source and --json belong to check.")
}

const misused = (problem: string): Command => ({ _tag: "Misused", problem })

const isLevel = (level: string): level is keyof typeof LOG_LEVELS => Object.hasOwn(LOG_LEVELS, level)

const read = (argv: ReadonlyArray<string>) => {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        sandbox: { type: "boolean" },
        "log-level": { type: "string" },
        source: { type: "string" },
        json: { type: "boolean" },
        version: { type: "boolean", short: "v" },
        help: { type: "boolean", short: "h" }
      }
    })
    return { positionals, values, problem: undefined }
  } catch (error) {
    // Node's second sentence is about positional arguments, which nobody asked about.
    const [problem = ""] = (error instanceof Error ? error.message : String(error)).split(". ", 1)
    return { positionals: [], values: {}, problem }
  }
}
