#!/usr/bin/env node
/** The command `sailpoint-bulk-upload-sandbox`: prints the variables and sources of a sandbox, and runs it until stopped. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import * as Environment from "./Environment.ts"
import * as Sandbox from "./Sandbox.ts"

const NAME = "sailpoint-bulk-upload-sandbox"
const SHELLS = ["bash", "zsh", "fish", "powershell"] as const

/** The options, for the parser, the help and the shell completions. */
const OPTIONS = {
  port: { type: "string", help: "the port to listen on, on 127.0.0.1 (default: a free one)" },
  completions: {
    type: "string",
    choices: SHELLS,
    help: "print the shell completion script for bash, zsh, fish or powershell"
  },
  help: { type: "boolean", short: "h", help: "print this text" }
} as const satisfies Record<string, Option>

interface Option {
  readonly type: "boolean" | "string"
  readonly help: string
  readonly short?: string
  readonly choices?: ReadonlyArray<string>
}

const HELP = `A local SailPoint tenant with a non-employee source for each behavior of the API.

Usage: ${NAME} [--port N]

  --port N             ${OPTIONS.port.help}
  --completions SHELL  ${OPTIONS.completions.help}
  --help               ${OPTIONS.help.help}

It keeps everything in memory and stops on Ctrl-C.
`

const describe = (sandbox: Sandbox.Service): string => {
  const width = Math.max(...sandbox.sources.map(({ name }) => name.length))
  return [
    `The sandbox is running. Set these variables to use it:`,
    ``,
    ...Object.entries(Environment.variables(sandbox)).map(([name, value]) => `  export ${name}=${value}`),
    ``,
    `Its sources:`,
    ``,
    ...sandbox.sources.map(
      ({ description, name, sourceId }) => `  ${sourceId}  ${name.padEnd(width)}  ${description}`
    )
  ].join("\n")
}

const run = (port: number) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox.make({ port })
    yield* Console.log(describe(sandbox))
    return yield* Effect.never
  }).pipe(
    Effect.scoped,
    Effect.catchTag("ServeError", ({ cause }) =>
      exitWith(
        1,
        `Port ${port} cannot be used (${cause instanceof Error ? cause.message : "unknown cause"}). Choose another --port.`
      )
    )
  )

const exitWith = (code: number, message: string) =>
  Effect.andThen(
    Console.error(message),
    Effect.sync(() => {
      process.exitCode = code
    })
  )

const main = Effect.suspend(() => {
  const { problem, values } = readArguments()
  if (problem !== undefined) return exitWith(2, `${problem}\n\n${HELP}`)
  if (values.help === true) return Console.log(HELP)
  if (values.completions !== undefined) return complete(values.completions)
  const port = /^\d+$/u.test(values.port ?? "0") ? Number(values.port ?? "0") : Number.NaN
  return port <= 65_535
    ? run(port)
    : exitWith(2, `--port is "${values.port}": expected a number from 0 to 65535.`)
})

const complete = (shell: string) =>
  Effect.gen(function* () {
    const known = SHELLS.find((one) => one === shell)
    if (known === undefined) {
      return yield* exitWith(2, `--completions is "${shell}": expected one of ${SHELLS.join(", ")}.`)
    }
    const { generate } = yield* Effect.promise(() => import("effect/cli/Completions"))
    yield* Console.log(
      generate(NAME, known, {
        name: NAME,
        description: undefined,
        flags: Object.entries<Option>(OPTIONS).map(([name, { choices, help, short, type }]) => ({
          name,
          aliases: short === undefined ? [] : [short],
          description: help,
          type:
            type === "boolean"
              ? { _tag: "Boolean" }
              : choices === undefined
                ? { _tag: "String" }
                : { _tag: "Choice", values: choices },
          negation: false
        })),
        arguments: [],
        subcommands: []
      })
    )
  })

const readArguments = () => {
  try {
    const { values } = parseArgs({ options: OPTIONS })
    return { values, problem: undefined }
  } catch (error) {
    return { values: {}, problem: error instanceof Error ? error.message : String(error) }
  }
}

NodeRuntime.runMain(main, { disableErrorReporting: true })
