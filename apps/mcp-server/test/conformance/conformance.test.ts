import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"
import { fileOf } from "@sailpoint-bulk-upload/tooling/onDemand"
import * as HttpProcess from "../support/HttpProcess.ts"
import { LEGACY_VERSION, MODERN_VERSION } from "../support/JsonRpc.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const COMMAND = fileOf("@modelcontextprotocol/conformance/dist/index.js")

describe("the official conformance suite", { timeout: 180_000 }, () => {
  it.live.each([LEGACY_VERSION, MODERN_VERSION])(
    "the conformance suite fails only the scenarios of %s that need its own test server",
    (revision) =>
      Effect.gen(function* () {
        const env = { MCP_MAX_PER_CALLER: "999999" }
        const { url } = yield* HttpProcess.start({ url: "http://127.0.0.1:9" }, { args: ["--sandbox"], env })
        // The suite also fails if a scenario of the baseline passes.
        const baseline = fileURLToPath(new URL(`baseline-${revision}.yaml`, import.meta.url))
        const args = ["--url", `${url}/mcp`, "--requirements", revision, "--expected-failures", baseline]

        const suite = yield* ServerProcess.start(["server", ...args], {}, COMMAND)

        const { code, stderr, stdout } = yield* suite.ended
        assert.strictEqual(code, 0, stdout + stderr)
        assert.match(stdout + stderr, /✓ tools-list/u)
      })
  )
})
