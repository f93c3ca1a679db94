import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as HttpProcess from "../support/HttpProcess.ts"
import { preloaded } from "../support/preloaded.ts"
import * as ServerProcess from "../support/ServerProcess.ts"

const { TOKEN } = HttpProcess
const TENANT = {
  SAIL_BASE_URL: "https://acme.api.identitynow.com",
  SAIL_CLIENT_ID: "id",
  SAIL_CLIENT_SECRET: "canary-secret"
}
const PUBLIC = "--host mcp.test --allowed-host mcp.test"

/** Makes listening fail with this error code. */
const failing = (code: string) => ({
  ...TENANT,
  MCP_BEARER_TOKEN: TOKEN,
  ...preloaded(
    `import { Server } from "node:net"; Server.prototype.listen = function () { this.emit("error", Object.assign(new Error(), { code: "${code}" })) }`
  )
})

const run = (args: string, env: Record<string, string>) =>
  Effect.flatMap(ServerProcess.start(["http", "--port", "0", ...args.split(" ")], env), ({ ended }) => ended)

const refused: ReadonlyArray<
  readonly [string, args: string, env: Record<string, string>, code: number, says: RegExp]
> = [
  [
    "unusable settings",
    "--host 127.0.0.1",
    { ...TENANT, MCP_BEARER_TOKEN: "canary", MCP_MAX_RUNNING: "0" },
    2,
    /^The server cannot start with these settings:\n- MCP_BEARER_TOKEN is too short.+\n- MCP_MAX_RUNNING is "0".+\n$/u
  ],
  ["no settings of the tenant", "--host 127.0.0.1", {}, 2, /SAIL_BASE_URL is not set/u],
  [
    "placeholders",
    "--host 127.0.0.1",
    { SAIL_BASE_URL: "${SAIL_BASE_URL}" },
    2,
    /SAIL_BASE_URL is not filled in/u
  ],
  [
    "an address of another machine",
    "--host 192.0.2.1 --allowed-host mcp.test",
    { ...TENANT, MCP_BEARER_TOKEN: TOKEN },
    1,
    /192\.0\.2\.1 is not an address of this machine/u
  ],
  ["an unknown name", PUBLIC, failing("ENOTFOUND"), 1, /^mcp\.test is not an address of this machine/u],
  [
    "a reserved port",
    `${PUBLIC} --port 80`,
    failing("EACCES"),
    1,
    /^Port 80 requires more rights; choose one/u
  ]
]

describe("serving over HTTP", { timeout: 60_000 }, () => {
  it.live.each(refused)(
    "the HTTP server does not start with %s, and names the problem",
    ([, args, env, code, says]) =>
      Effect.gen(function* () {
        const ended = yield* run(args, env)
        assert.deepStrictEqual([ended.code, ended.stdout], [code, ""])
        assert.match(ended.stderr, says)
        assert.notInclude(ended.stderr, "canary")
      })
  )

  it.live.each(["127.0.0.1", "127.0.0.2", "::1", "localhost"])("a loopback host is sufficient: %s", (host) =>
    Effect.gen(function* () {
      const { url } = yield* HttpProcess.start(yield* Sandbox.make(), { args: ["--host", host] })
      assert.strictEqual((yield* HttpProcess.post(url)).status, 200)
    })
  )

  it.live("the HTTP server reports with --sandbox that it runs on a sandbox", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpProcess.start({ url: "http://127.0.0.1:9" }, { args: ["--sandbox"] })
      assert.include((yield* HttpProcess.post(url)).body, "This server runs on a local sandbox")
    })
  )

  it.live("the HTTP server exits with 1 when the port is in use, and names the option", () =>
    Effect.gen(function* () {
      const { url } = yield* HttpProcess.start(yield* Sandbox.make())
      const { port } = new URL(url)
      const { code, stderr, stdout } = yield* run(`--port ${port}`, TENANT)
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.strictEqual(stderr, `Port ${port} of 127.0.0.1 is in use; choose another one with --port.\n`)
    })
  )
})
