import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { envOf, run, runOn, temporaryFolder } from "./support/Command.ts"

const id = (name: string): string => Source.named(name).sourceId

/** Arguments, the exit code, and a part of standard error. */
const STATUS: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, says: RegExp]> = [
  [["Done"], 0, /without errors/u],
  [["done"], 0, /without errors/u],
  [[id("Done")], 0, /without errors/u],
  [["Failed"], 5, /with errors/u],
  [["Queued"], 8, /waits to be processed/u],
  [["Running"], 8, /being processed/u],
  [["No status"], 8, /no status/u],
  [["Nowhere"], 2, /no non-employee source named "Nowhere"/u],
  [["Re"], 2, /more than one/u],
  [["0".repeat(32)], 2, /404/u],
  [["Private"], 4, /403/u],
  [["New status"], 1, /CANCELLED/u],
  [["Invalid"], 1, /400/u],
  [["Gateway"], 1, /502/u],
  [["Done", "Failed"], 5, /^$/u],
  [["Done", "Queued"], 8, /^$/u],
  [["Failed", "Queued"], 5, /^$/u],
  [["Private", "Failed"], 4, /403/u],
  [["Nowhere", "Private"], 2, /Nowhere/u]
]

/** Wrong usage or missing settings, and a part of standard error. */
const MISUSED: ReadonlyArray<readonly [args: ReadonlyArray<string>, says: RegExp]> = [
  [[], /USAGE/u],
  [["stauts"], /stauts/u],
  [["status"], /SOURCE|source/u],
  [["status", "Done", "--unknown"], /--unknown/u],
  [["wait", "Done", "--timeout", "soon"], /"soon".*90s, 30m or 1h30m/su],
  [["wait", "Done", "--timeout", "0s"], /above zero/u],
  [["wait", "Done", "--since", "yesterday"], /2026-11-29T10:00:00Z/u],
  [["wait", "Done", "--since", "2999-01-01T00:00:00Z"], /in the past/u],
  [["sources", "--log-level", "loud"], /loud/u],
  [["status", "Done"], /SAIL_BASE_URL[^]*SAIL_CLIENT_ID[^]*SAIL_CLIENT_SECRET/u]
]

describe("exit codes", { timeout: 180_000 }, () => {
  it.live("the exit code follows the status of a source, or the worst of several", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      for (const [args, code, says] of STATUS) {
        const ended = yield* run(["status", ...args], { env: envOf(sandbox) })
        assert.strictEqual(ended.code, code, `status ${args.join(" ")}: ${ended.stderr}`)
        assert.match(ended.stderr, says)
      }
    })
  )

  it.live("the exit code is 2 for wrong usage or missing settings, which only standard error explains", () =>
    Effect.gen(function* () {
      const env = { SAIL_CLIENT_SECRET: "${SAIL_CLIENT_SECRET}" }
      for (const [args, says] of MISUSED) {
        const { code, stderr, stdout } = yield* run(args, { env })
        assert.deepStrictEqual([code, stdout], [2, ""], args.join(" "))
        assert.match(stderr, says)
      }
    })
  )

  it.live("the exit code is 0 with a secret in a file", () =>
    Effect.gen(function* () {
      const { SAIL_CLIENT_SECRET, ...env } = envOf(yield* Sandbox.make())
      const SAIL_CLIENT_SECRET_FILE = join(yield* temporaryFolder, "secret")
      writeFileSync(SAIL_CLIENT_SECRET_FILE, `${SAIL_CLIENT_SECRET}\n`)
      const ended = yield* run(["status", "Done"], { env: { ...env, SAIL_CLIENT_SECRET_FILE } })
      assert.strictEqual(ended.code, 0, ended.stderr)
    })
  )

  it.live("the exit code is 4 for refused credentials and 1 for an unreachable tenant", () =>
    Effect.gen(function* () {
      const wrong = yield* runOn(["sources"], { SAIL_CLIENT_SECRET: "not-the-secret" })
      assert.strictEqual(wrong.code, 4, wrong.stderr)
      const args = ["wait", id("Done"), "--timeout", "2s"]
      const gone = yield* runOn(args, { SAIL_BASE_URL: "http://127.0.0.1:9" })
      assert.deepStrictEqual([gone.code, gone.stdout], [1, ""], gone.stderr)
    })
  )

  it.live("the help lists the exit codes and the variables of the library on standard output", () =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(["--help"])
      assert.deepStrictEqual([code, stderr], [0, ""])
      const codes = Array.from(stdout.matchAll(/^ +(\d+) +\S/gmu), ([, exitCode]) => Number(exitCode))
      assert.includeMembers(codes, [0, 1, 2, 3, 4, 5, 8, 130])
      const settings = readFileSync(
        new URL("../../../packages/core/src/Settings.ts", import.meta.url),
        "utf8"
      )
      const names = stdout.matchAll(/^ {2}(SAIL_[A-Z_, ]+)$/gmu).flatMap(([, line = ""]) => line.split(", "))
      const files = ["SAIL_CLIENT_SECRET_FILE", "SAIL_ACCESS_TOKEN_FILE"]
      assert.sameMembers([...names], [...new Set(settings.match(/SAIL_[A-Z_]+/gu)), ...files])
    })
  )
})
