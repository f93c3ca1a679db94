/** Parses the command line into a command, or into the problem with it. */
import { ApiVersion, defaultApiVersion } from "@sailpoint-bulk-upload/core/workspace"
import { parseArgs } from "node:util"
import { COMMANDS, type Option, OPTIONS, SHELLS } from "./CommandLineOptions.ts"
import type { Listening } from "../settings/HttpSettings.ts"
import { LOG_FORMATS, LOG_LEVELS } from "../telemetry/logLevels.ts"
import type * as StderrLog from "../telemetry/StderrLog.ts"
import * as Telemetry from "../telemetry/Telemetry.ts"

export type Shell = (typeof SHELLS)[number]

/** The options of every command that calls a tenant. */
interface TenantCommand extends StderrLog.Options {
  readonly sandbox: boolean
}

export interface Stdio extends TenantCommand {
  readonly _tag: "Stdio"
}

export interface Http extends TenantCommand, Listening {
  readonly _tag: "Http"
}

export interface Check extends TenantCommand {
  readonly _tag: "Check"
  readonly sourceId: string | undefined
  readonly json: boolean
  readonly report: string | undefined
}

export type Command =
  | { readonly _tag: "Help" }
  | { readonly _tag: "Version" }
  | { readonly _tag: "Completions"; readonly shell: Shell }
  | Stdio
  | Http
  | Check
  | { readonly _tag: "Misused"; readonly problem: string }

/** Returns a line for each option of a command, or of all commands. */
const optionLines = (of: keyof typeof COMMANDS | undefined): string =>
  Object.entries<Option>(OPTIONS)
    .filter(([, option]) => option.of === of)
    .map(([name, { help, value }]) => {
      const flag = value === undefined ? `--${name}` : `--${name} ${value}`
      return `  ${flag.padEnd(FLAG_WIDTH)}  ${help}`
    })
    .join("\n")

const FLAG_WIDTH = "--completions SHELL".length

const API_VERSIONS = ApiVersion.literals
  .map((version) => (version === defaultApiVersion ? `${version} (the default)` : version))
  .join(", ")
  .replace(/, (\w+)$/u, " or $1")

export const HELP = `Reports the status of SailPoint non-employee bulk uploads to AI assistants, over MCP.

Usage: sailpoint-bulk-upload-mcp [${Object.keys(COMMANDS).join(" | ")}] [options]

${Object.entries(COMMANDS)
  .map(([name, help]) => `  ${name.padEnd(FLAG_WIDTH)}  ${help}`)
  .join("\n")}

Options of http:
${optionLines("http")}

Options of check:
${optionLines("check")}

Options:
${optionLines(undefined)}

Settings, from the environment only:
  SAIL_BASE_URL       the tenant's API host, https://{tenant}.api.identitynow.com
  SAIL_CLIENT_ID      the client ID of a personal access token with the scope idn:nelm:read
  SAIL_CLIENT_SECRET  its secret
  SAIL_ACCESS_TOKEN   instead of these two: an access token made elsewhere (it is never renewed)
  SAIL_CLIENT_SECRET_FILE, SAIL_ACCESS_TOKEN_FILE, SAIL_REDIS_URL_FILE  instead: the path of a file with the value
  SAIL_API_VERSION    ${API_VERSIONS}
  SAIL_ALLOWED_HOSTS  hosts outside SailPoint's domains that may receive the secret, separated by commas
  SAIL_REQUEST_BUDGET this server's part of SailPoint's limit, such as 50 per 10 seconds (default: 100)
  SAIL_COUNT_RECORDS  true: an explanation reads up to 1,000 records, and counts those since the upload
  SAIL_AUDIT_EVENTS   true: an explanation searches audit events, which needs the scope sp:search:read
  SAIL_REDIS_URL      redis:// or rediss://, to share the rate limit with other servers

Settings of http, from the environment only:
  MCP_BEARER_TOKEN            the token that callers must send; 32 characters or more
  MCP_BEARER_TOKEN_FILE       instead: the path of a file with the token, or with several, one name:token per line
  MCP_OAUTH_ISSUER            instead: callers must send a token (a JWT) from this authorization server
  MCP_OAUTH_AUDIENCE          the required audience of this token, preferably the URL of /mcp that clients use
  MCP_OAUTH_SCOPES            its required scopes, separated by spaces
  MCP_PUBLIC_URL              the URL of /mcp that clients use, if the audience is not a URL
  MCP_MAX_RUNNING             concurrent requests (default: 128)
  MCP_MAX_RUNNING_PER_CALLER  concurrent requests per caller (default: a quarter of MCP_MAX_RUNNING)
  MCP_MAX_PER_CALLER          requests per caller in 10 seconds (default: 200)
  MCP_SHUTDOWN_GRACE          seconds for which requests are still served after SIGTERM (default: 5)

${Telemetry.HELP}
Exit codes: 0 success, 1 a failed check or a failure at run time, 2 wrong usage or settings.
`

export const parse = (argv: ReadonlyArray<string>): Command => {
  const { positionals, problem, values } = read(argv)
  if (problem !== undefined) return misused(problem)
  if (values.help === true) return { _tag: "Help" }
  if (values.version === true) return { _tag: "Version" }
  const { completions: shell } = values
  if (shell !== undefined) {
    return isOneOf(SHELLS, shell) ? { _tag: "Completions", shell } : notOneOf(SHELLS, "completions", shell)
  }
  const [command = "stdio", ...rest] = positionals
  if (!isKeyOf(COMMANDS, command)) {
    return misused(`"${command}" is not a command; expected one of ${Object.keys(COMMANDS).join(", ")}.`)
  }
  if (rest.length > 0) return misused(`${command} takes no arguments, but got: ${rest.join(" ")}.`)
  const foreign = foreignOption(command, values)
  if (foreign !== undefined) return misused(foreign)
  const level = values["log-level"] ?? (command === "check" ? "warn" : "info")
  if (!isKeyOf(LOG_LEVELS, level)) return notOneOf(Object.keys(LOG_LEVELS), "log-level", level)
  const logFormat = values["log-format"] ?? "logfmt"
  if (!isOneOf(LOG_FORMATS, logFormat)) return notOneOf(LOG_FORMATS, "log-format", logFormat)
  const common = { sandbox: values.sandbox === true, logLevel: LOG_LEVELS[level], logFormat }
  switch (command) {
    case "stdio":
      return { _tag: "Stdio", ...common }
    case "check":
      return {
        _tag: "Check",
        ...common,
        sourceId: values.source,
        json: values.json === true,
        report: values.report
      }
    case "http": {
      const { host = "127.0.0.1", port = "3917" } = values
      if (!/^\d{1,5}$/u.test(port) || Number(port) > MAX_PORT) {
        return misused(`--port is "${port}"; expected a number from 0 to ${MAX_PORT}.`)
      }
      return {
        _tag: "Http",
        ...common,
        host,
        port: Number(port),
        allowedHosts: values["allowed-host"] ?? [],
        allowedOrigins: values["allowed-origin"] ?? []
      }
    }
  }
}

const MAX_PORT = 65_535

const isOneOf = <A extends string>(known: ReadonlyArray<A>, given: string): given is A =>
  known.some((one) => one === given)

const isKeyOf = <A extends object>(known: A, given: string): given is Extract<keyof A, string> =>
  Object.hasOwn(known, given)

/** Returns the problem with the first option that belongs to another command. */
const foreignOption = (command: keyof typeof COMMANDS, values: object): string | undefined => {
  const foreign = Object.entries<Option>(OPTIONS).find(
    ([name, { of = command }]) => Object.hasOwn(values, name) && of !== command
  )
  return foreign && `--${foreign[0]} belongs to ${foreign[1].of}, not to ${command}.`
}

const misused = (problem: string): Command => ({ _tag: "Misused", problem })

const notOneOf = (known: ReadonlyArray<string>, option: string, given: string): Command =>
  misused(`--${option} is "${given}"; expected one of ${known.join(", ")}.`)

const read = (argv: ReadonlyArray<string>) => {
  try {
    const { positionals, values } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS })
    return { positionals, values, problem: undefined }
  } catch (error) {
    // Only Node's first sentence: the second is about positional arguments.
    const [problem = ""] = (error instanceof Error ? error.message : String(error)).split(". ", 1)
    return { positionals: [], values: {}, problem }
  }
}
