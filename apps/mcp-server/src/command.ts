// oxlint-disable-next-line import/no-unassigned-import -- sets an option of zod before the SDK loads it
import "./mcp/interpretedChecks.ts"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as CommandLine from "./cli/CommandLine.ts"
import * as Environment from "./settings/Environment.ts"
import { makeRuntime, type Services } from "./handlers/Runtime.ts"
import { makeFactory, version } from "./server/McpServerFactory.ts"
import * as Settings from "./settings/TenantSettings.ts"
import * as StdioServer from "./stdio/StdioServer.ts"
import * as Telemetry from "./telemetry/Telemetry.ts"
import { notConfigured } from "./mcp/Failure.ts"
import { makeAdapter, makeRefusing, MAX_RUNNING } from "./mcp/ToolResult.ts"

const WRONG_USAGE = 2

const main = async (): Promise<number> => {
  const command = CommandLine.parse(process.argv.slice(2))
  const env = Environment.take()
  switch (command._tag) {
    case "Help":
      await write(process.stdout, CommandLine.HELP)
      return 0
    case "Version":
      await write(process.stdout, `${version}\n`)
      return 0
    case "Completions": {
      const { completions } = await import("./cli/ShellCompletions.ts")
      await write(process.stdout, completions(command.shell))
      return 0
    }
    case "Misused":
      return wrongUsage(command.problem, "Try sailpoint-bulk-upload-mcp --help.")
    case "Stdio":
      return withTenant(
        command,
        env,
        (options) => serve(options, command, env),
        (problems) => serveRefusal(problems, command)
      )
    case "Http":
      return withTenant(command, env, (options) => serveHttp(options, command, env), wrongSettings)
    case "Check":
      return withTenant(
        command,
        env,
        (options) => check(options, command, env),
        async (problems) => {
          const Check = await import("./cli/Check.ts")
          await write(process.stdout, Check.format(Check.wrongSettings(problems), command))
          return WRONG_USAGE
        }
      )
  }
}

/** Runs with the sandbox or the tenant in the settings. */
const withTenant = async (
  command: CommandLine.Stdio | CommandLine.Http | CommandLine.Check,
  env: Environment.Env,
  run: (options: Settings.Settings) => Promise<number>,
  orElse: (problems: Settings.Problems) => Promise<number>
): Promise<number> => {
  if (command.sandbox) {
    const { withSandbox } = await import("./settings/SandboxTenant.ts")
    return withSandbox(run)
  }
  const settings = Settings.read(env)
  return Result.isSuccess(settings) ? run(settings.success) : orElse(settings.failure)
}

const wrongUsage = async (...lines: ReadonlyArray<string>): Promise<number> => {
  await write(process.stderr, `${lines.join("\n")}\n`)
  return WRONG_USAGE
}

const wrongSettings = (problems: Settings.Problems): Promise<number> =>
  wrongUsage(
    "The settings cannot be used:",
    ...problems.map(({ fix, problem }) => `- ${problem} ${fix}`),
    "To try the server without a tenant, start it with --sandbox."
  )

const serve = async (options: Settings.Settings, command: CommandLine.Stdio, env: Environment.Env) => {
  const runtime = makeRuntime(options, command, "patient", Telemetry.fromEnv(env))
  const adapter = makeAdapter(runtime, command)
  let reported = Promise.resolve()
  await StdioServer.serve({
    factory: makeFactory(adapter, command),
    calls: adapter,
    onerror: ({ message }) => void runtime.runFork(Effect.logDebug("A message was not served", message)),
    report: (problem) => {
      reported = reported.then(() => runtime.runPromise(Effect.logWarning(problem)))
    }
  })
  // The first line loads the log, which can take longer than the shutdown.
  await reported
  await runtime.dispose()
  return 0
}

/** Serves without a tenant: every call reports the problems with the settings, because no assistant shows standard error. */
const serveRefusal = async (problems: Settings.Problems, command: CommandLine.Stdio): Promise<number> => {
  const code = await wrongSettings(problems)
  const adapter = makeRefusing<Services>(notConfigured(problems))
  await StdioServer.serve({
    factory: makeFactory(adapter, command),
    calls: adapter,
    onerror: () => undefined,
    report: (problem) => void process.stderr.write(`${problem}\n`)
  })
  return code
}

const serveHttp = async (options: Settings.Settings, command: CommandLine.Http, env: Environment.Env) => {
  const [Http, HttpSettings] = await Promise.all([
    import("./http/Http.ts"),
    import("./settings/HttpSettings.ts")
  ])
  const settings = HttpSettings.read(command, env)
  if (Result.isFailure(settings)) {
    return wrongUsage(
      "The server cannot start with these settings:",
      ...settings.failure.map((problem) => `- ${problem}`)
    )
  }
  const runtime = makeRuntime(options, command, "patient", Telemetry.fromEnv(env))
  const maxRunning = Math.max(MAX_RUNNING, settings.success.limits.running)
  const adapter = makeAdapter(runtime, { ...command, maxRunning })
  const code = await Http.serve({
    settings: settings.success,
    runtime,
    givenToken: "accessToken" in options.auth,
    readsFiles: Environment.namesFiles(env),
    factory: makeFactory(adapter, command),
    calls: adapter,
    print: (line) => write(process.stderr, `${line}\n`)
  })
  await runtime.dispose()
  return code
}

const check = async (options: Settings.Settings, command: CommandLine.Check, env: Environment.Env) => {
  const [Check, Probes, Report] = await Promise.all([
    import("./cli/Check.ts"),
    import("./cli/Probes.ts"),
    import("./cli/Report.ts")
  ])
  const recorder = Report.makeRecorder()
  const runtime = makeRuntime({ ...options, transformClient: recorder.transformClient }, command, "brisk")
  const findings = await runtime.runPromise(
    Check.check({
      sourceId: command.sourceId,
      sandbox: command.sandbox,
      probes: Probes.make(options, env, command.sandbox),
      freshToken: "clientId" in options.auth
    })
  )
  const saved =
    command.report === undefined ||
    (await runtime.runPromise(Report.save(command.report, recorder, options, findings)))
  await runtime.dispose()
  await write(process.stdout, Check.format(findings, command))
  return Check.allWell(findings) && saved ? 0 : 1
}

/** Waits for the write, because an exit right after a write to a slow pipe would truncate it. */
const write = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve) => {
    // A closed pipe (EPIPE) is not a failure.
    stream.once("error", () => resolve())
    stream.write(text, () => resolve())
  })

/** Runs the command, and ends the process with its exit code. */
export const run = (): Promise<void> => {
  // Writes the last lines of the log, which `joinWrites` may have delayed.
  process.once("exit", () => process.stderr.uncork())
  return main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(
        `The server stopped unexpectedly: ${error instanceof Error ? error.message : "unknown cause"}\n`
      )
      process.exit(1)
    }
  )
}
