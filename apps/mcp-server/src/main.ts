#!/usr/bin/env node
/**
 * The command `sailpoint-bulk-upload-mcp`.
 */
import type { Options } from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Result from "effect/Result"
import * as Cli from "./Cli.ts"
import { makeRuntime } from "./Runtime.ts"
import { makeServer, version } from "./Server.ts"
import * as Settings from "./Settings.ts"
import * as Stdio from "./Stdio.ts"
import { makeAdapter } from "./ToolResult.ts"

const WRONG_USAGE = 2

const main = async (): Promise<number> => {
  const command = Cli.parse(process.argv.slice(2))
  switch (command._tag) {
    case "Help":
      process.stdout.write(Cli.HELP)
      return 0
    case "Version":
      process.stdout.write(`${version}\n`)
      return 0
    case "Misused":
      process.stderr.write(`${command.problem}\nTry sailpoint-bulk-upload-mcp --help.\n`)
      return WRONG_USAGE
    case "Stdio":
      return command.sandbox ? serveSandbox(command) : serveTenant(command)
  }
}

type Serve = Extract<Cli.Command, { readonly _tag: "Stdio" }>

const serveTenant = async (command: Serve): Promise<number> => {
  const settings = Settings.read(process.env)
  if (Result.isFailure(settings)) {
    process.stderr.write(
      [
        "The settings are not complete:",
        ...settings.failure.map((problem) => `- ${problem}`),
        "To try it without a tenant, start it with --sandbox.",
        ""
      ].join("\n")
    )
    return WRONG_USAGE
  }
  await serve(settings.success, command)
  return 0
}

const serveSandbox = async (command: Serve): Promise<number> => {
  const { withSandbox } = await import("./SandboxTenant.ts")
  await withSandbox((options) => serve(options, command))
  return 0
}

const serve = async (options: Options, command: Serve): Promise<void> => {
  const runtime = makeRuntime(options, command.logLevel)
  const adapter = makeAdapter(runtime, command)
  await Stdio.serve(() => makeServer(adapter, command), adapter.idle)
  await runtime.dispose()
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(
      `It stopped unexpectedly: ${error instanceof Error ? error.message : "unknown cause"}\n`
    )
    process.exit(1)
  }
)
