import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { MAIN, run, runOn } from "./support/Command.ts"

const FAILURE = ["error", "message", "nextStep", "retryable", "httpStatus", "detailCode", "trackingId"]

describe("standard output", { timeout: 60_000 }, () => {
  it.live("--json prints the fields of the MCP tools, as an array for several sources", () =>
    Effect.gen(function* () {
      const one = JSON.parse((yield* runOn(["status", "Done", "--json"])).stdout)
      const fields = ["sourceId", "status", "settled", "meaning", "nextStep", "checkedAt"]
      assert.deepStrictEqual(Object.keys(one), fields)
      const several = JSON.parse((yield* runOn(["status", "Done", "Private", "--json"])).stdout)
      assert.deepStrictEqual([several[0].status, several[1].error], ["COMPLETED", "Forbidden"])
      const { sources, total } = JSON.parse((yield* runOn(["sources", "CONTRACT", "--json"])).stdout)
      assert.deepStrictEqual([sources.length, total], [1, 1])
      assert.hasAllKeys(several[1], FAILURE)
    })
  )

  it.live("--json prints one document for wrong usage and missing settings too", () =>
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

  it.live("one status is printed alone, several sources and the list of sources as aligned tables", () =>
    Effect.gen(function* () {
      const alone = yield* runOn(["status", "No status", "--log-level", "trace"])
      assert.strictEqual(alone.stdout, "null\n")
      const status = yield* runOn(["status", "Done", "No status"])
      assert.strictEqual(status.stdout, "SOURCE     STATUS\nDone       COMPLETED\nNo status  null\n")
      const { stdout } = yield* runOn(["sources", "CONTRACT"])
      assert.match(stdout, /^NAME {9}ID\nContractors {2}[0-9a-f]{32}\n$/u)
    })
  )

  it.live("the command exits with 0 if the reader closes standard output", () =>
    Effect.gen(function* () {
      const script = `"${process.execPath}" "${MAIN}" --sandbox sources | head -1; exit "\${PIPESTATUS[0]}"`
      const { code, stderr, stdout } = yield* run([], { program: ["bash", "--norc", "-c", script] })
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^NAME +ID\n$/u)
    })
  )

  it.live.each([
    ["--version", /^\d+\.\d+\.\d+\n$/u],
    ...["bash", "zsh", "fish", "powershell"].map(
      (shell) => [`--completions ${shell}`, /owned-by-me/u] as const
    )
  ] as const)("%s prints its text on standard output", ([option, text]) =>
    Effect.gen(function* () {
      const { code, stdout } = yield* run(option.split(" "))
      assert.strictEqual(code, 0)
      assert.match(stdout, text)
    })
  )
})
