import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as CommandLine from "../../src/cli/CommandLine.ts"
import { TOKEN } from "../support/HttpProcess.ts"
import * as HttpSettings from "../../src/settings/HttpSettings.ts"

const OAUTH = { MCP_OAUTH_ISSUER: "https://login.test", MCP_OAUTH_AUDIENCE: "https://mcp.test/mcp" }

type Refused = readonly [what: string, args: string, env: Record<string, string>, says: ReadonlyArray<string>]

/** The first word of each problem. */
const refused: ReadonlyArray<Refused> = [
  ["all interfaces and nothing else", "--host 0.0.0.0", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["all interfaces of IPv6", "--host ::", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["an address of the network", "--host 192.0.2.1", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["a name", "--host mcp.test", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["a name that begins with an address", "--host 127.0.0.1.test", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["no authentication", "--host 0.0.0.0 --allowed-host mcp.test", {}, ["MCP_BEARER_TOKEN"]],
  ["no allowed host", "--host 0.0.0.0", { MCP_BEARER_TOKEN: TOKEN }, ["--allowed-host"]],
  ["no allowed host, with OAuth", "--host 0.0.0.0", OAUTH, ["--allowed-host"]],
  ["the sandbox on all interfaces", "--host 0.0.0.0 --sandbox", {}, ["MCP_BEARER_TOKEN", "--allowed-host"]],
  ["a short token", "", { MCP_BEARER_TOKEN: "canary-of-less-than-32-characte" }, ["MCP_BEARER_TOKEN"]],
  [
    "a token and a file",
    "",
    { MCP_BEARER_TOKEN: TOKEN, MCP_BEARER_TOKEN_FILE: "canary" },
    ["MCP_BEARER_TOKEN"]
  ],
  ["a file of tokens that is missing", "", { MCP_BEARER_TOKEN_FILE: "canary" }, ["The"]],
  ["a placeholder for a file", "", { MCP_BEARER_TOKEN_FILE: "${FILE}" }, ["MCP_BEARER_TOKEN_FILE"]],
  ["a token with spaces", "", { MCP_BEARER_TOKEN: `${TOKEN} ${TOKEN}` }, ["MCP_BEARER_TOKEN"]],
  ["a bearer token and OAuth", "", { ...OAUTH, MCP_BEARER_TOKEN: TOKEN }, ["MCP_BEARER_TOKEN"]],
  ["a placeholder for a token", "", { MCP_BEARER_TOKEN: "${MCP_BEARER_TOKEN}" }, ["MCP_BEARER_TOKEN"]],
  [
    "placeholders for an issuer and scopes",
    "",
    { ...OAUTH, MCP_OAUTH_ISSUER: "${ISSUER}", MCP_OAUTH_SCOPES: "<scopes>", MCP_MAX_RUNNING: "${MAX}" },
    ["MCP_OAUTH_ISSUER", "MCP_OAUTH_SCOPES"]
  ],
  [
    "a placeholder beyond loopback",
    "--host ::",
    { MCP_BEARER_TOKEN: "${T}" },
    ["MCP_BEARER_TOKEN", "--allowed-host"]
  ],
  ["no issuer", "", { MCP_OAUTH_AUDIENCE: "https://mcp.test/mcp" }, ["MCP_OAUTH_ISSUER"]],
  ["no audience", "", { MCP_OAUTH_ISSUER: "https://login.test" }, ["MCP_OAUTH_AUDIENCE"]],
  ["an issuer without TLS", "", { ...OAUTH, MCP_OAUTH_ISSUER: "http://login.test" }, ["MCP_OAUTH_ISSUER"]],
  ["an issuer that is not a URL", "", { ...OAUTH, MCP_OAUTH_ISSUER: "login" }, ["MCP_OAUTH_ISSUER"]],
  ["an audience that is not a URL", "", { ...OAUTH, MCP_OAUTH_AUDIENCE: "api://mcp" }, ["MCP_PUBLIC_URL"]],
  ["a host with its port", "--allowed-host mcp.test:8443", {}, ["--allowed-host"]],
  ["a host that is a URL", "--allowed-host https://mcp.test/", {}, ["--allowed-host"]],
  ["any host", "--allowed-host *.test", {}, ["--allowed-host"]],
  ["an origin with a path", "--allowed-origin https://app.test/mcp", {}, ["--allowed-origin"]],
  ["the null origin", "--allowed-origin null", {}, ["--allowed-origin"]],
  ["any origin", "--allowed-origin https://*", {}, ["--allowed-origin"]],
  ["no concurrent requests", "", { MCP_MAX_RUNNING: "0" }, ["MCP_MAX_RUNNING"]],
  ["no requests of a caller", "", { MCP_MAX_RUNNING_PER_CALLER: "0" }, ["MCP_MAX_RUNNING_PER_CALLER"]],
  ["a grace that is not a number", "", { MCP_SHUTDOWN_GRACE: "5s" }, ["MCP_SHUTDOWN_GRACE"]],
  ["a negative grace", "", { MCP_SHUTDOWN_GRACE: "-1" }, ["MCP_SHUTDOWN_GRACE"]],
  ["a limit that is not a number", "", { MCP_MAX_PER_CALLER: "many" }, ["MCP_MAX_PER_CALLER"]]
]

const problemsWith = (args: string, env: Record<string, string>): ReadonlyArray<string> => {
  const command = CommandLine.parse(["http", ...args.split(" ").filter((word) => word !== "")])
  assert(command._tag === "Http")
  const settings = HttpSettings.read(command, env)
  return Result.isFailure(settings) ? settings.failure : []
}

const LOCAL = { host: "127.0.0.1", port: 0, allowedHosts: [], allowedOrigins: [] }

describe("serving over HTTP", () => {
  it.each([
    [{}, 128, 32, 200, 5],
    [{ MCP_MAX_RUNNING: "10" }, 10, 3, 200, 5],
    [{ MCP_MAX_RUNNING: "1", MCP_SHUTDOWN_GRACE: "0" }, 1, 1, 200, 0],
    [{ MCP_MAX_RUNNING_PER_CALLER: "128", MCP_MAX_PER_CALLER: "7", MCP_SHUTDOWN_GRACE: " " }, 128, 128, 7, 5]
  ] as const)("the limits follow from %o", (env, running, runningPerCaller, perCaller, seconds) => {
    const { limits, shutdownGrace } = Result.getOrThrow(HttpSettings.read(LOCAL, env))
    assert.deepStrictEqual(limits, { running, runningPerCaller, perCaller })
    assert.strictEqual(Duration.toSeconds(shutdownGrace), seconds)
  })

  it.each(refused)("serving with %s is refused, with each problem and no secret", (_, args, env, says) => {
    const problems = problemsWith(args, env)
    const named = problems.map((problem) => problem.split(" ", 1).join())
    assert.deepStrictEqual(named, [...says])
    assert.notInclude(problems.join(), "canary")
  })
})
