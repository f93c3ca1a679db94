import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { envOf, MAIN, run } from "./support/Command.ts"

describe("standard output", { timeout: 60_000 }, () => {
  it.live("holds the status and nothing else", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { stdout } = yield* run(["status", "No status", "--log-level", "trace"], { env: envOf(sandbox) })
      assert.strictEqual(stdout, "null\n")
    }).pipe(Effect.scoped)
  )

  it.live("holds one JSON document with the fields of the MCP tools, an array for several sources", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const env = envOf(sandbox)
      const one = JSON.parse((yield* run(["status", "Done", "--json"], { env })).stdout)
      assert.deepStrictEqual(Object.keys(one), [
        "sourceId",
        "status",
        "settled",
        "meaning",
        "nextStep",
        "checkedAt"
      ])
      const several = JSON.parse((yield* run(["status", "Done", "Private", "--json"], { env })).stdout)
      assert.deepStrictEqual([several[0].status, several[1].error], ["COMPLETED", "Forbidden"])
      assert.hasAllKeys(several[1], [
        "error",
        "message",
        "nextStep",
        "retryable",
        "httpStatus",
        "detailCode",
        "trackingId"
      ])
    }).pipe(Effect.scoped)
  )

  it.live("holds one JSON document on failure too, also for wrong usage and missing settings", () =>
    Effect.gen(function* () {
      for (const [args, error] of [
        [["status", "Done", "--json"], "InvalidSettings"],
        [["wait", "--json"], "WrongUsage"],
        [["sources", "--nmae", "--json"], "WrongUsage"]
      ] as const) {
        const { code, stdout } = yield* run(args)
        assert.strictEqual(code, 2)
        assert.include(JSON.parse(stdout), { error, retryable: false })
      }
    })
  )

  it.live("holds a table for several sources, aligned, and for the list of sources", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const env = envOf(sandbox)
      const status = yield* run(["status", "Done", "No status"], { env })
      assert.strictEqual(status.stdout, "SOURCE     STATUS\nDone       COMPLETED\nNo status  null\n")
      const { stdout } = yield* run(["sources", "CONTRACT"], { env })
      assert.match(stdout, /^NAME {9}ID\nContractors {2}[0-9a-f]{32}\n$/u)
    }).pipe(Effect.scoped)
  )

  it.live("may be closed by its reader", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const { code, stderr, stdout } = yield* run([], {
        program: [
          "bash",
          "--norc",
          "-c",
          `"${process.execPath}" "${MAIN}" sources | head -1; exit "\${PIPESTATUS[0]}"`
        ],
        env: envOf(sandbox)
      })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^NAME +ID\n$/u)
    }).pipe(Effect.scoped)
  )

  it.live("comes from made-up sources with --sandbox, without any settings", () =>
    Effect.gen(function* () {
      const { code, stdout } = yield* run(["--sandbox", "wait", "Retail", "--quiet"])
      assert.deepStrictEqual([code, stdout], [0, "COMPLETED\n"])
    })
  )

  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    it.live(`holds a completion script for ${shell}`, () =>
      Effect.gen(function* () {
        const { code, stdout } = yield* run(["--completions", shell])
        assert.strictEqual(code, 0)
        assert.include(stdout, "owned-by-me")
      })
    )
  }

  it.live("holds the version", () =>
    Effect.gen(function* () {
      const { stdout } = yield* run(["--version"])
      assert.match(stdout, /^\d+\.\d+\.\d+\n$/u)
    })
  )
})
