/**
 * Runs the command line: errors of usage go to standard error and exit with 2, a signal exits with 130.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ApiVersion, defaultApiVersion } from "@sailpoint-bulk-upload/core/workspace"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import packageJson from "../package.json" with { type: "json" }
import { root } from "./command.ts"
import * as ExitCode from "./ExitCode.ts"
import { explain } from "./explain.ts"
import * as output from "./output.ts"
import { sources } from "./sources.ts"
import { status } from "./status.ts"
import { wait } from "./wait.ts"

const args = process.argv.slice(2)
const formatter = CliOutput.defaultFormatter({ colors: false })

const SETTINGS = [
  ["SAIL_BASE_URL", "the tenant's API host, https://{tenant}.api.identitynow.com"],
  ["SAIL_CLIENT_ID", "the client ID of a personal access token with the scope idn:nelm:read"],
  ["SAIL_CLIENT_SECRET", "the client secret of that token"],
  [
    "SAIL_ACCESS_TOKEN",
    "an access token, instead of SAIL_CLIENT_ID and SAIL_CLIENT_SECRET; it is never renewed"
  ],
  [
    "SAIL_CLIENT_SECRET_FILE, SAIL_ACCESS_TOKEN_FILE",
    "the path of a file that contains the value, instead of the variable without _FILE"
  ],
  ["SAIL_API_VERSION", `${ApiVersion.literals.join(", ")} (default: ${defaultApiVersion})`],
  [
    "SAIL_ALLOWED_HOSTS",
    "hosts outside SailPoint's domains that may receive the secret, separated by commas"
  ],
  ["SAIL_REQUEST_BUDGET", "this command's share of SailPoint's rate limit (default: 100 per 10 seconds)"],
  ["SAIL_COUNT_RECORDS", "true: explain reads up to 1,000 records, and counts those since the upload"],
  ["SAIL_AUDIT_EVENTS", "true: explain searches audit events, which needs the scope sp:search:read"]
] as const

const settings = `ENVIRONMENT VARIABLES\n${SETTINGS.map(([names, meaning]) => `  ${names}\n      ${meaning}`).join("\n")}`

const exitCodes = `EXIT CODES\n${ExitCode.MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`).join("\n")}`

/** After wrong usage, prints the help to standard error: Effect's presenter uses standard output, where only results belong. */
const presenter = CliOutput.layerPresenter({
  present: (event) => {
    switch (event._tag) {
      case "Version":
        return output.result(event.version)
      case "Help":
        return (event.reason === "Requested" ? output.result : output.note)(
          `${formatter.formatHelpDoc(event.helpDoc)}\n\n${settings}\n\n${exitCodes}`
        )
      case "InvalidInvocation": {
        const message = event.errors.map((error) => error.message).join(" ")
        const nextStep = `Try ${event.commandPath.join(" ")} --help.`
        const failure = { error: "WrongUsage", message, nextStep, retryable: false }
        return Effect.andThen(
          output.note(`${message}\n${nextStep}`),
          args.includes("--json") ? output.json(failure) : Effect.void
        )
      }
    }
  }
})

const command = Command.withSubcommands(root, [status, wait, sources, explain])

const main = Command.runWith(command, { version: packageJson.version })(args).pipe(
  Effect.catchTag("ShowHelp", () => ExitCode.end(ExitCode.WRONG_USAGE)),
  Effect.provide([
    NodeServices.layer,
    presenter,
    CliConfig.layer({
      builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions, GlobalFlag.LogLevel]
    }),
    Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
    Layer.succeed(References.MinimumLogLevel, "Warn")
  ])
)

// A closed pipe, as in `… | head -1`, is not an error.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)

NodeRuntime.runMain(main, { disableErrorReporting: true })
