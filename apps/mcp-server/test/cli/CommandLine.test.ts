import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as CommandLine from "../../src/cli/CommandLine.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const tenant = { sandbox: false, logLevel: "Info", logFormat: "logfmt" } as const

const stdio = (options: Partial<CommandLine.Stdio> = {}): CommandLine.Command => ({
  _tag: "Stdio",
  ...tenant,
  ...options
})

const check = (options: Partial<CommandLine.Check> = {}): CommandLine.Command => ({
  _tag: "Check",
  ...tenant,
  logLevel: "Warn",
  sourceId: undefined,
  json: false,
  report: undefined,
  ...options
})

const http = (options: Partial<CommandLine.Http> = {}): CommandLine.Command => ({
  _tag: "Http",
  ...tenant,
  host: "127.0.0.1",
  port: 3917,
  allowedHosts: [],
  allowedOrigins: [],
  ...options
})

const understood: ReadonlyArray<readonly [string, CommandLine.Command]> = [
  ["", stdio()],
  ["stdio", stdio()],
  ["--sandbox", stdio({ sandbox: true })],
  ["--log-level none", stdio({ logLevel: "None" })],
  ["--log-format json", stdio({ logFormat: "json" })],
  ["--log-level=debug --sandbox stdio", stdio({ sandbox: true, logLevel: "Debug" })],
  ["http", http()],
  ["http --sandbox --log-level warn", http({ sandbox: true, logLevel: "Warn" })],
  ["http --host 0.0.0.0 --port 80", http({ host: "0.0.0.0", port: 80 })],
  ["http --port 0", http({ port: 0 })],
  ["http --port 65535", http({ port: 65_535 })],
  ["http --allowed-host a.test --allowed-host b.test", http({ allowedHosts: ["a.test", "b.test"] })],
  ["http --allowed-origin a.test --allowed-origin b.test", http({ allowedOrigins: ["a.test", "b.test"] })],
  ["check", check()],
  ["check --source ID", check({ sourceId: "ID" })],
  ["check --report report.json", check({ report: "report.json" })],
  ["check --json --log-level debug", check({ json: true, logLevel: "Debug" })],
  ["--completions bash", { _tag: "Completions", shell: "bash" }],
  ["http --completions=powershell", { _tag: "Completions", shell: "powershell" }],
  ["--completions zsh --version", { _tag: "Version" }],
  ["--help", { _tag: "Help" }],
  ["-h", { _tag: "Help" }],
  ["stdio --help", { _tag: "Help" }],
  ["--version", { _tag: "Version" }],
  ["-v", { _tag: "Version" }],
  ["--version --help", { _tag: "Help" }]
]

const misused: ReadonlyArray<readonly [string, says: string]> = [
  ["serve", `"serve" is not a command`],
  ["stdio now", "stdio takes no arguments, but got: now."],
  ["stdio --json", "--json belongs to check, not to stdio."],
  ["http --source ID", "--source belongs to check, not to http."],
  ["--port 80", "--port belongs to http, not to stdio."],
  ["check --allowed-host a.test", "--allowed-host belongs to http, not to check."],
  ["http --port 65536", `--port is "65536"; expected a number from 0 to 65535.`],
  ["http --port -1", "--port"],
  ["http --port http", `--port is "http"`],
  ["http --port", "--port"],
  ["--log-level loud", `--log-level is "loud"; expected one of trace, debug, info, warn, error, none.`],
  ["--log-level Debug", `--log-level is "Debug"`],
  ["--log-level toString", `--log-level is "toString"`],
  ["--log-format xml", `--log-format is "xml"; expected one of logfmt, json.`],
  ["--completions tcsh", `--completions is "tcsh"; expected one of bash, zsh, fish, powershell.`],
  ["--sandbox=yes", "--sandbox"],
  ["--help --verbose", "--verbose"],
  ["-x", "-x"]
]

/** Command lines that are refused in an environment without settings, and the expected standard error. */
const refused: ReadonlyArray<readonly [line: string, says: RegExp]> = [
  ["serve", /"serve" is not a command.+--help/su],
  ["--client-secret canary", /Unknown option '--client-secret'.+--help/su],
  ["http", /^- SAIL_BASE_URL .+\n- SAIL_CLIENT_ID .+\n- SAIL_CLIENT_SECRET .+\n[^]*--sandbox/mu]
]

const secrets = ["client-secret", "client-id", "access-token", "token", "base-url", "bearer-token"]

describe("the command line", { timeout: 20_000 }, () => {
  it.each(understood)("the command line understands: %s", (line, command) => {
    assert.deepStrictEqual(CommandLine.parse(words(line)), command)
  })

  it.each(misused)("the command line refuses, with the problem: %s", (line, says) => {
    const command = CommandLine.parse(words(line))
    assert.strictEqual(command._tag, "Misused")
    assert.include("problem" in command ? command.problem : "", says)
  })

  it.each(secrets)("the command line has no option --%s, and no error repeats its value", (name) => {
    const option = `--${name}`
    for (const argv of [[option, "canary"], [`${option}=canary`]]) {
      const command = CommandLine.parse(argv)
      assert.strictEqual(command._tag, "Misused")
      assert.include("problem" in command ? command.problem : "", option)
      assert.notInclude("problem" in command ? command.problem : "", "canary")
    }
  })

  it.live.each(refused)("the command refuses `%s` on standard error and exits with 2", ([line, says]) =>
    Effect.gen(function* () {
      const { ended } = yield* ServerProcess.start(words(line), {})
      const { code, stderr, stdout } = yield* ended
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.match(stderr, says)
      assert.notMatch(stderr, /canary|^\s+at |Error:|\.js:\d+/mu)
    })
  )

  it("the help lists every option", () => {
    const listed = new Set(CommandLine.HELP.match(/--[a-z-]+/gu))
    const known = understood.flatMap(([line]) => line.match(/--[a-z-]+/gu) ?? [])
    assert.sameMembers([...listed], [...new Set(known)])
  })
})

const words = (line: string): ReadonlyArray<string> => line.split(" ").filter((word) => word !== "")
