import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, authorize } from "./support/tenant.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The command as a process of its own; killed when the test ends, whatever happens. */
const start = (args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] })
      let stdout = ""
      let stderr = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
      const ended = new Promise<Ended>((resolve) => {
        child.once("close", (code) => resolve({ code, stdout, stderr }))
      })
      /** What was printed once it has the wanted text, or all that was printed by a process that ended without. */
      const printed = new Promise<string>((resolve) => {
        child.stdout.on("data", () => stdout.includes(LAST_SOURCE) && resolve(stdout))
        child.once("close", () => resolve(stdout + stderr))
      })
      return { child, ended: Effect.promise(() => ended), printed: Effect.promise(() => printed) }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

const LAST_SOURCE = Source.seeded.at(-1)?.description ?? ""

const run = (args: ReadonlyArray<string>) => Effect.flatMap(start(args), ({ ended }) => ended)

describe("the command", { timeout: 30_000 }, () => {
  it.live("prints how to use the sandbox, and the sandbox works so", () =>
    Effect.gen(function* () {
      const { printed } = yield* start(["--port", "0"])
      const text = yield* printed
      const variable = (name: string) => new RegExp(`export ${name}=(\\S+)`, "u").exec(text)?.[1] ?? ""
      const reached = { url: variable("SAIL_BASE_URL") }

      const answered = yield* askStatus(reached, "Done", yield* authorize(reached))

      assert.deepStrictEqual(answered.json(), { status: "COMPLETED" })
      assert.strictEqual(variable("SAIL_CLIENT_ID"), "sandbox")
      assert.strictEqual(variable("SAIL_CLIENT_SECRET"), "sandbox-secret")
      for (const { name, sourceId } of Source.seeded) assert.include(text, `${sourceId}  ${name} `)
    })
  )

  it.live.each(["SIGTERM", "SIGINT"] as const)("ends on %s without a word, with code 130", (signal) =>
    Effect.gen(function* () {
      const { child, ended, printed } = yield* start([])
      yield* printed

      child.kill(signal)

      const { code, stderr } = yield* ended
      assert.strictEqual(code, 130)
      assert.strictEqual(stderr, "")
    })
  )

  it.live.each(["--help", "-h"])("tells its usage on %s", (flag) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run([flag])

      assert.strictEqual(code, 0)
      assert.include(stdout, "Usage: sailpoint-bulk-upload-sandbox [--port N]")
      assert.strictEqual(stderr, "")
    })
  )

  const mistakes = [
    { line: "--prot 1", told: "Unknown option '--prot'" },
    { line: "extra", told: "Unexpected argument 'extra'" },
    {
      line: "--completions tcsh",
      told: `--completions is "tcsh": expected one of bash, zsh, fish, powershell.`
    },
    { line: "--port", told: "'--port <value>' argument missing" },
    { line: "--port http", told: `--port is "http": expected a number from 0 to 65535.` },
    { line: "--port=-1", told: `--port is "-1": expected a number from 0 to 65535.` },
    { line: "--port=", told: `--port is "": expected a number from 0 to 65535.` },
    { line: "--port 1.5", told: `--port is "1.5": expected a number from 0 to 65535.` },
    { line: "--port 65536", told: `--port is "65536": expected a number from 0 to 65535.` }
  ]

  it.live.each(mistakes)("refuses '$line' with code 2 and says why", ({ line, told }) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(line.split(" "))

      assert.strictEqual(code, 2)
      assert.include(stderr, told)
      assert.notMatch(stderr, /^\s+at /mu)
      assert.strictEqual(stdout, "")
    })
  )

  it.live("says so when its port is taken, with code 1", () =>
    Effect.gen(function* () {
      const { port } = new URL((yield* Sandbox.make()).url)

      const { code, stderr, stdout } = yield* run(["--port", port])

      assert.strictEqual(code, 1)
      assert.match(
        stderr,
        new RegExp(`^Port ${port} cannot be used \\(.*address already in use.*\\)\\.\\n$`, "u")
      )
      assert.strictEqual(stdout, "")
    })
  )
})
