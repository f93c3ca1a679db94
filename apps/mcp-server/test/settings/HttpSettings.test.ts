import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as HttpSettings from "../../src/settings/HttpSettings.ts"

const LOCAL = { host: "127.0.0.1", port: 0, allowedHosts: [], allowedOrigins: [] }

describe("serving over HTTP", () => {
  it.each([
    [{}, 128, 32, 200, 5],
    [{ MCP_MAX_RUNNING: "10" }, 10, 3, 200, 5],
    [{ MCP_MAX_RUNNING: "1", MCP_SHUTDOWN_GRACE: "0" }, 1, 1, 200, 0],
    [{ MCP_MAX_RUNNING_PER_CALLER: "128", MCP_MAX_PER_CALLER: "7", MCP_SHUTDOWN_GRACE: " " }, 128, 128, 7, 5]
  ] as const)("with %o has its limits", (env, running, runningPerCaller, perCaller, seconds) => {
    const { limits, shutdownGrace } = Result.getOrThrow(HttpSettings.read(LOCAL, env))
    assert.deepStrictEqual(limits, { running, runningPerCaller, perCaller })
    assert.strictEqual(Duration.toSeconds(shutdownGrace), seconds)
  })
})
