import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, authorize } from "./support/tenant.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** Starts the command as a process, which is killed when the test ends. */
const start = (args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

/** Waits for the first output that ends with the last source. */
const printed = ({ stdout }: Effect.Success<ReturnType<typeof start>>) =>
  Effect.promise(async () => {
    let output = ""
    for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
      output += chunk
      if (output.includes(Source.seeded.at(-1)?.description ?? "")) break
    }
    return output
  })

const run = (args: ReadonlyArray<string>) =>
  Effect.promise(() =>
    promisify(execFile)(process.execPath, [main, ...args]).then(
      (ended) => ({ code: 0, ...ended }),
      (failed: { readonly code: number; readonly stdout: string; readonly stderr: string }) => failed
    )
  )

describe("the command", { timeout: 30_000 }, () => {
  it.live.each(["SIGTERM", "SIGINT"] as const)(
    "the command prints how to use its sandbox, which serves until %s",
    (signal) =>
      Effect.gen(function* () {
        const child = yield* start(["--port", "0"])
        const output = yield* printed(child)
        const variable = (name: string) => new RegExp(`export ${name}=(\\S+)`, "u").exec(output)?.[1] ?? ""
        const reached = { url: variable("SAIL_BASE_URL") }

        const answered = yield* askStatus(reached, "Done", yield* authorize(reached))
        child.kill(signal)
        const [[code], stderr] = yield* Effect.promise(() =>
          Promise.all([once(child, "exit"), text(child.stderr)])
        )

        assert.deepStrictEqual(answered.json(), { status: "COMPLETED" })
        assert.strictEqual(variable("SAIL_CLIENT_ID"), "sandbox")
        assert.strictEqual(variable("SAIL_CLIENT_SECRET"), "sandbox-secret")
        for (const { name, sourceId } of Source.seeded) assert.include(output, `${sourceId}  ${name} `)
        assert.deepStrictEqual([code, stderr], [130, ""])
      })
  )

  it.live.each(["--help", "-h"])("the command prints its usage for %s", (flag) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run([flag])

      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, "Usage: sailpoint-bulk-upload-sandbox [--port N]")
    })
  )

  const range = "expected a number from 0 to 65535."
  const mistakes: ReadonlyArray<readonly [line: string, problem: string]> = [
    ["--prot 1", "Unknown option '--prot'"],
    ["extra", "Unexpected argument 'extra'"],
    ["--completions tcsh", `--completions is "tcsh": expected one of bash, zsh, fish, powershell.`],
    ["--port http", `--port is "http": ${range}`],
    ["--port 65536", `--port is "65536": ${range}`]
  ]

  it.live.each(mistakes)("the command refuses '%s' with code 2: %s", ([line, problem]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(line.split(" "))

      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, problem)
      assert.notMatch(stderr, /^\s+at /mu)
    })
  )

  it.live("the command ends with code 1 if its port is in use", () =>
    Effect.gen(function* () {
      const { port } = new URL((yield* Sandbox.make()).url)

      const { code, stderr, stdout } = yield* run(["--port", port])

      const shown = stderr.replace(/\(.*address already in use.*\)/u, "(reason)")
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.strictEqual(shown, `Port ${port} cannot be used (reason). Choose another --port.\n`)
    })
  )
})
