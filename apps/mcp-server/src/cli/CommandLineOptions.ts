/** The one table of commands and options, for the parser, the help and the shell completions. */

import { LOG_FORMATS, LOG_LEVELS } from "../telemetry/logLevels.ts"

export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const

export const COMMANDS = {
  stdio: "serve one assistant over standard input and output (the default)",
  http: "serve many assistants over Streamable HTTP, at /mcp; /healthz and /readyz are for probes",
  check:
    "try settings, token, sources, one status and other configured services, and print a fix for each failure"
} as const

export interface Option {
  readonly type: "boolean" | "string"
  readonly help: string
  /** The only command with this option; if unset, all commands have it. */
  readonly of?: keyof typeof COMMANDS
  readonly short?: string
  /** Whether the option can be repeated. */
  readonly multiple?: true
  /** The name of the value in the help. */
  readonly value?: string
  /** The possible values, if known. */
  readonly choices?: ReadonlyArray<string>
}

export const OPTIONS = {
  host: {
    of: "http",
    type: "string",
    value: "ADDRESS",
    help: "the address to listen on (default: 127.0.0.1; others need authentication, see below)"
  },
  port: {
    of: "http",
    type: "string",
    value: "PORT",
    help: "the port to listen on (default: 3917; 0: any free port)"
  },
  "allowed-host": {
    of: "http",
    type: "string",
    multiple: true,
    value: "H",
    help: "a host name that clients use; can be repeated; required if other machines can reach --host"
  },
  "allowed-origin": {
    of: "http",
    type: "string",
    multiple: true,
    value: "O",
    help: "a web origin whose pages may call this server, or its host name; can be repeated"
  },
  source: {
    of: "check",
    type: "string",
    value: "ID",
    help: "the source whose status to request (default: the first of the list)"
  },
  report: {
    of: "check",
    type: "string",
    value: "FILE",
    help: "write a report for an issue, with no secret, host, name or ID in it"
  },
  json: { of: "check", type: "boolean", help: "print the result as JSON" },
  sandbox: {
    type: "boolean",
    help: "answer from a local sandbox with made-up sources; needs no settings"
  },
  "log-level": {
    type: "string",
    value: "LEVEL",
    choices: Object.keys(LOG_LEVELS),
    help: "trace, debug, info, warn, error or none, on standard error (default: info; check: warn)"
  },
  "log-format": {
    type: "string",
    value: "FORMAT",
    choices: LOG_FORMATS,
    help: "logfmt or json, one line per entry (default: logfmt)"
  },
  completions: {
    type: "string",
    value: "SHELL",
    choices: SHELLS,
    help: "print the shell completion script for bash, zsh, fish or powershell"
  },
  version: { type: "boolean", short: "v", help: "print the version" },
  help: { type: "boolean", short: "h", help: "print this text" }
} as const satisfies Record<string, Option>
