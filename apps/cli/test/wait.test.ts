import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { envOf, MAIN, run, runOn } from "./support/Command.ts"

const CSV = "accountName,firstName,lastName,email,manager\nw.lee,Wren,Lee,w@example.com,a.ortiz"
const contractors = Source.named("Contractors").sourceId

/** Returns a function that starts an upload to the sandbox. */
const uploadTo = (sandbox: Sandbox.Service) => () => Effect.runFork(sandbox.upload(contractors, CSV))

const QUICK = { pending: "300 millis", inProgress: "300 millis" } as const

describe("wait", { timeout: 60_000 }, () => {
  it.live("wait exits with 0 after COMPLETED, and prints one plain line per change", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ jobTiming: QUICK })
      const { code, stderr, stdout } = yield* run(["wait", "Contractors"], {
        env: envOf(sandbox),
        when: { shows: /Contractors: null/u, act: uploadTo(sandbox) }
      })
      assert.deepStrictEqual([code, stdout], [0, "COMPLETED\n"])
      const lines = stderr.trim().split("\n")
      assert.match(lines.at(-1) ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z Contractors: COMPLETED$/u)
      assert.strictEqual(new Set(lines).size, lines.length)
      assert.notInclude(stderr, "\u001b")
    })
  )

  it.live("wait exits with 5 on ERROR, and --json --quiet prints one document", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* runOn(["wait", "Failed", "--json", "--quiet"])
      assert.strictEqual(code, 5)
      const { checks, settled, status, timedOut } = JSON.parse(stdout)
      assert.deepStrictEqual([status, settled, timedOut, checks], ["ERROR", true, false, 1])
    })
  )

  it.live("wait exits with 3 after the timeout, with the last status", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* runOn(["wait", "Running", "--timeout", "2s", "--json", "--quiet"])
      assert.strictEqual(code, 3)
      const { error, retryable, status, timedOut } = JSON.parse(stdout)
      assert.deepStrictEqual([error, retryable, status, timedOut], ["NotSettled", true, "IN_PROGRESS", true])
    })
  )

  it.live("wait retries after a temporary failure, and logs it", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Reset" } })
      const { code, stderr } = yield* run(["wait", "Done"], { env: envOf(sandbox) })
      assert.strictEqual(code, 0)
      assert.match(stderr, /Trying again\.\n.*COMPLETED/su)
    })
  )

  it.live("wait with --since ignores the COMPLETED of an earlier upload", () =>
    Effect.gen(function* () {
      const args = ["wait", "Done", "--since", "1s", "--timeout", "3s", "--quiet"]
      const { code, stdout } = yield* runOn(args)
      assert.deepStrictEqual([code, stdout], [3, ""])
    })
  )

  it.live.each(["SIGINT", "SIGTERM"] as const)("wait exits with 130 on %s", (signal) =>
    Effect.gen(function* () {
      const { code, stdout } = yield* run(["--sandbox", "wait", "Running"], {
        when: { shows: /IN_PROGRESS/u, act: (child) => child.kill(signal) }
      })
      assert.deepStrictEqual([code, stdout], [130, ""])
    })
  )
})

/** Runs a command in a pseudo-terminal. */
const inTerminal = (command: string) =>
  ["script", "--quiet", "--return", "--command", command, "/dev/null"] as const

describe("wait on a terminal", { timeout: 60_000 }, () => {
  it.live("wait shows one live line below the history, and restores the cursor", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ jobTiming: QUICK })
      const { code, stdout } = yield* run([], {
        program: inTerminal(`${process.execPath} ${MAIN} wait Contractors`),
        env: { ...envOf(sandbox), NO_COLOR: "1", TERM: "xterm" },
        when: { shows: /null for/u, act: uploadTo(sandbox) }
      })
      assert.strictEqual(code, 0)
      assert.match(stdout, /Contractors: null for \d+ s · elapsed \d+ s · \d+ min \d+ s left/u)
      assert.match(stdout, /Z {2}COMPLETED\r?\n/u)
      assert.isAbove(stdout.lastIndexOf("\u001b[?25h"), stdout.lastIndexOf("\u001b[?25l"))
      assert.notInclude(stdout, "\u001b[32m")
    })
  )

  it.live("wait restores the cursor on Ctrl-C and exits with 130", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* run([], {
        program: inTerminal(`${process.execPath} ${MAIN} --sandbox wait Running`),
        env: { TERM: "xterm" },
        when: { shows: /IN_PROGRESS for/u, act: ({ stdin }) => stdin.write("\u0003") }
      })
      assert.strictEqual(code, 130)
      assert.isAbove(stdout.lastIndexOf("\u001b[?25h"), stdout.lastIndexOf("\u001b[?25l"))
    })
  )
})
