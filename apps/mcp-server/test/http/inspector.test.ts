import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { fileOf } from "@sailpoint-bulk-upload/tooling/onDemand"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import { temporaryFolder } from "../support/Tarball.ts"

const COMMAND = fileOf("@modelcontextprotocol/inspector/clients/launcher/build/index.js")

/** Runs the Inspector's command for one request; it keeps settings and keys in the home folder. */
const inspect = (url: string, era: "legacy" | "modern", args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const how = ["--transport", "http", "--protocol-era", era, "--format", "json"]
    const env = { HOME: yield* temporaryFolder }
    const { ended } = yield* ServerProcess.start(["--cli", `${url}/mcp`, ...how, ...args], env, COMMAND)
    return yield* ended
  })

const done = Source.named("Done").sourceId

/** A call of every tool, and a part of its answer. */
const calls: Readonly<Record<string, readonly [arg: string, contains: string]>> = {
  get_bulk_upload_status: [`sourceId=${done}`, `"COMPLETED"`],
  wait_for_bulk_upload: [`sourceId=${done}`, `"timedOut"`],
  list_non_employee_sources: ["nameContains=Done", done],
  explain_bulk_upload: [`sourceId=${done}`, `"events"`]
}

interface Listed {
  readonly result: { readonly tools: ReadonlyArray<{ readonly name: string }> }
}

describe("the Inspector", { timeout: 120_000 }, () => {
  it.live.each(["legacy", "modern"] as const)(
    "the Inspector lists the tools in the %s protocol era, reports no problem, and calls each tool",
    (era) =>
      Effect.gen(function* () {
        const { url } = yield* HttpProcess.start(yield* Sandbox.make())
        // The Inspector accepts `--strict` only with lists.
        const listed = yield* inspect(url, era, ["--method", "tools/list", "--strict"])
        assert.deepStrictEqual([listed.code, listed.stderr], [0, ""])
        const { tools } = (JSON.parse(listed.stdout) as Listed).result
        assert.sameMembers(
          tools.map(({ name }) => name),
          Object.keys(calls)
        )
        for (const [name, [arg, contains]] of Object.entries(calls)) {
          const args = ["--method", "tools/call", "--tool-name", name, "--tool-arg", arg]
          const { code, stdout } = yield* inspect(url, era, args)
          assert.strictEqual(code, 0, name)
          assert.include(stdout, contains, name)
        }
        // A failed call ends the Inspector with another code.
        const unknown = ["--tool-name", "get_bulk_upload_status", "--tool-arg", `sourceId=${"f".repeat(32)}`]
        const { code } = yield* inspect(url, era, ["--method", "tools/call", ...unknown])
        assert.strictEqual(code, 5)
      })
  )
})
