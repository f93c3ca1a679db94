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
const OAUTH = { MCP_OAUTH_ISSUER: "https://login.test", MCP_OAUTH_AUDIENCE: "https://mcp.test/mcp" }

type Refused = readonly [what: string, args: string, env: Record<string, string>, says: ReadonlyArray<string>]

/** What each line of the complaint begins with. */
const refused: ReadonlyArray<Refused> = [
  ["all interfaces and nothing else", "--host 0.0.0.0", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["all interfaces of IPv6", "--host ::", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["an address of the network", "--host 192.0.2.1", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["a name", "--host mcp.test", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["a name that only begins well", "--host 127.0.0.1.test", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["no authentication", "--host 0.0.0.0 --allowed-host mcp.test", {}, ["MCP_BEARER_TOKEN"]],
  ["no allowed host", "--host 0.0.0.0", { MCP_BEARER_TOKEN: TOKEN }, ["--allowed-host"]],
  ["no allowed host, with OAuth", "--host 0.0.0.0", OAUTH, ["--allowed-host"]],
  ["the sandbox for everybody", "--host 0.0.0.0 --sandbox", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["a short token", "", { MCP_BEARER_TOKEN: "canary-of-less-than-32-characte" }, ["MCP_BEARER_TOKEN"]],
  [
    "a token and a file of tokens",
    "",
    { MCP_BEARER_TOKEN: TOKEN, MCP_BEARER_TOKEN_FILE: "canary" },
    ["MCP_BEARER_TOKEN"]
  ],
  ["a file of tokens that is missing", "", { MCP_BEARER_TOKEN_FILE: "canary" }, ["The"]],
  [
    "a file of tokens that was not filled in",
    "",
    { MCP_BEARER_TOKEN_FILE: "${FILE}" },
    ["MCP_BEARER_TOKEN_FILE"]
  ],
  ["a token with spaces", "", { MCP_BEARER_TOKEN: `${TOKEN} ${TOKEN}` }, ["MCP_BEARER_TOKEN"]],
  ["two ways at once", "", { ...OAUTH, MCP_BEARER_TOKEN: TOKEN }, ["MCP_BEARER_TOKEN"]],
  ["a token that was not filled in", "", { MCP_BEARER_TOKEN: "${MCP_BEARER_TOKEN}" }, ["MCP_BEARER_TOKEN"]],
  [
    "an issuer and scopes that were not filled in",
    "",
    { ...OAUTH, MCP_OAUTH_ISSUER: "${ISSUER}", MCP_OAUTH_SCOPES: "<scopes>", MCP_MAX_RUNNING: "${MAX}" },
    ["MCP_OAUTH_ISSUER", "MCP_OAUTH_SCOPES"]
  ],
  [
    "no authentication and a placeholder for it",
    "--host 0.0.0.0",
    { MCP_BEARER_TOKEN: "${MCP_BEARER_TOKEN}" },
    ["MCP_BEARER_TOKEN", "--allowed-host"]
  ],
  ["no issuer", "", { MCP_OAUTH_AUDIENCE: "https://mcp.test/mcp" }, ["MCP_OAUTH_ISSUER"]],
  ["no audience", "", { MCP_OAUTH_ISSUER: "https://login.test" }, ["MCP_OAUTH_AUDIENCE"]],
  ["an issuer without TLS", "", { ...OAUTH, MCP_OAUTH_ISSUER: "http://login.test" }, ["MCP_OAUTH_ISSUER"]],
  ["an issuer that is no URL", "", { ...OAUTH, MCP_OAUTH_ISSUER: "login" }, ["MCP_OAUTH_ISSUER"]],
  ["an audience that is no URL", "", { ...OAUTH, MCP_OAUTH_AUDIENCE: "api://mcp" }, ["MCP_PUBLIC_URL"]],
  ["a host with its port", "--allowed-host mcp.test:8443", {}, ["--allowed-host"]],
  ["a host that is a URL", "--allowed-host https://mcp.test/", {}, ["--allowed-host"]],
  ["any host", "--allowed-host *.test", {}, ["--allowed-host"]],
  ["an origin with a path", "--allowed-origin https://app.test/mcp", {}, ["--allowed-origin"]],
  ["the origin of no page", "--allowed-origin null", {}, ["--allowed-origin"]],
  ["any origin", "--allowed-origin https://*", {}, ["--allowed-origin"]],
  ["no requests at once", "", { MCP_MAX_RUNNING: "0" }, ["MCP_MAX_RUNNING"]],
  [
    "no requests of a caller at once",
    "",
    { MCP_MAX_RUNNING_PER_CALLER: "0" },
    ["MCP_MAX_RUNNING_PER_CALLER"]
  ],
  ["a time to serve that is no number", "", { MCP_SHUTDOWN_GRACE: "5s" }, ["MCP_SHUTDOWN_GRACE"]],
  ["a time to serve before the signal", "", { MCP_SHUTDOWN_GRACE: "-1" }, ["MCP_SHUTDOWN_GRACE"]],
  ["a limit that is no number", "", { MCP_MAX_PER_CALLER: "many" }, ["MCP_MAX_PER_CALLER"]]
]

const words = (line: string): ReadonlyArray<string> => line.split(" ").filter((word) => word !== "")

const run = (args: string, env: Record<string, string>) =>
  Effect.flatMap(ServerProcess.start(["http", "--port", "0", ...words(args)], env), ({ ended }) => ended)

describe("serving over HTTP", { timeout: 60_000 }, () => {
  it.live.each(refused)("does not begin with %s, exits 2 and says what is wrong", ([, args, env, says]) =>
    Effect.gen(function* () {
      const { code, stderr, stdout } = yield* run(args, { ...TENANT, ...env })
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.deepStrictEqual(
        Array.from(stderr.matchAll(/^- (\S+)/gmu), ([, name]) => name),
        [...says]
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
