#!/usr/bin/env node
/**
 * The command `sailpoint-bulk-upload-sandbox`: a sandbox that runs until it is stopped, and what to try on it.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import * as Environment from "./Environment.ts"
import * as Sandbox from "./Sandbox.ts"

const HELP = `A local SailPoint tenant with non-employee sources for every case.

Usage: sailpoint-bulk-upload-sandbox [--port N]

  --port N   the port to listen on, on 127.0.0.1 (default: a free one)
  --help     this text

It keeps everything in memory and stops on Ctrl-C.
`

const describe = (sandbox: Sandbox.Service): string => {
  const width = Math.max(...sandbox.sources.map(({ name }) => name.length))
  return [
    `The sandbox listens. To use it:`,
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
        `Port ${port} cannot be used (${cause instanceof Error ? cause.message : "unknown cause"}).`
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
  const port = /^\d+$/u.test(values.port ?? "0") ? Number(values.port ?? "0") : Number.NaN
  return port <= 65_535
    ? run(port)
    : exitWith(2, `--port is "${values.port}": expected a number from 0 to 65535.`)
})

const readArguments = () => {
  try {
    const { values } = parseArgs({
      options: { port: { type: "string" }, help: { type: "boolean", short: "h" } }
    })
    return { values, problem: undefined }
  } catch (error) {
    return { values: {}, problem: error instanceof Error ? error.message : String(error) }
  }
}

NodeRuntime.runMain(main, { disableErrorReporting: true })
