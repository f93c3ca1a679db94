import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const { TOKEN } = HttpProcess
const TENANT = {
  SAIL_BASE_URL: "https://acme.api.identitynow.com",
  SAIL_CLIENT_ID: "id",
  SAIL_CLIENT_SECRET: "canary-secret"
}
const words = (line: string): ReadonlyArray<string> => line.split(" ").filter((word) => word !== "")

const run = (args: string, env: Record<string, string>) =>
  Effect.flatMap(ServerProcess.start(["http", "--port", "0", ...words(args)], env), ({ ended }) => ended)

describe("serving over HTTP", { timeout: 60_000 }, () => {
  it.live("does not begin with unusable settings, exits 2 and says what is wrong", () =>
    Effect.gen(function* () {
      const env = { ...TENANT, MCP_BEARER_TOKEN: "canary", MCP_MAX_RUNNING: "0" }
      const { code, stderr, stdout } = yield* run("", env)
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.match(
        stderr,
        /^The server cannot start with these settings:\n- MCP_BEARER_TOKEN is too short.+\n- MCP_MAX_RUNNING is "0".+\n$/u
      )
      assert.notInclude(stderr, "canary")
    })
  )

  it.live.each([
    ["without the settings of the tenant", {}, "SAIL_BASE_URL is not set"],
    ["with placeholders for them", { SAIL_BASE_URL: "${SAIL_BASE_URL}" }, "SAIL_BASE_URL was not filled in"]
  ] as const)("does not begin %s, and exits 2", ([, env, says]) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run("", env)
      assert.strictEqual(code, 2)
      assert.include(stderr, says)
    })
  )

  it.live("begins on all interfaces with a token and an allowed host, and serves that host only", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpProcess.start(yield* Sandbox.make(), {
        args: ["--host", "0.0.0.0", "--allowed-host", "mcp.test"],
        env: { MCP_BEARER_TOKEN: TOKEN }
      })
      const statusOf = (host: string) =>
        Effect.map(
          HttpProcess.post(url, { headers: { host, authorization: `Bearer ${TOKEN}` } }),
          ({ status }) => status
        )
      assert.strictEqual(yield* statusOf("mcp.test"), 200)
      assert.strictEqual(yield* statusOf("localhost"), 403)
      assert.strictEqual(yield* statusOf("0.0.0.0"), 403)
    })
  )

  it.live.each(["127.0.0.1", "127.0.0.2", "::1", "localhost"])("begins on %s with nothing more", (host) =>
    Effect.gen(function* () {
      const { url } = yield* HttpProcess.start(yield* Sandbox.make(), { args: ["--host", host] })
      assert.strictEqual((yield* HttpProcess.post(url)).status, 200)
    })
  )

  it.live("answers from the sandbox when asked to, and says so", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpProcess.start({ url: "http://127.0.0.1:9" }, { args: ["--sandbox"] })
      assert.include((yield* HttpProcess.post(url)).body, "This server runs on a local sandbox")
    })
  )

  it.live("exits 1 when the port is in use, and says how to go on", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpProcess.start(yield* Sandbox.make())
      const { port } = new URL(url)
      const { code, stderr, stdout } = yield* run(`--port ${port}`, TENANT)
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.strictEqual(stderr, `Port ${port} of 127.0.0.1 is in use; choose another one with --port.\n`)
    })
  )

  it.live("exits 1 when the address is another machine's", () =>
    Effect.gen(function* () {
      const { code, stderr } = yield* run("--host 192.0.2.1 --allowed-host mcp.test", {
        ...TENANT,
        MCP_BEARER_TOKEN: TOKEN
      })
      assert.strictEqual(code, 1)
      assert.include(stderr, "192.0.2.1 is not an address of this machine")
    })
  )
})
