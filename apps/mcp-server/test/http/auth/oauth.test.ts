import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Assistant from "../../support/Assistant.ts"
import * as HttpProcess from "../../support/HttpProcess.ts"
import * as Issuer from "../../support/Issuer.ts"

const METADATA = "https://mcp.test/.well-known/oauth-protected-resource/mcp"
const METADATA_HOST = "https://public.test"

const serving = (
  issuer: Pick<Issuer.Issuer, "url">,
  env: Record<string, string> = {},
  sandbox: Pick<Sandbox.Service, "url"> = { url: "http://127.0.0.1:9" }
) =>
  HttpProcess.start(sandbox, {
    args: ["--log-level", "debug"],
    env: { MCP_OAUTH_ISSUER: issuer.url, MCP_OAUTH_AUDIENCE: Issuer.AUDIENCE, ...env }
  })

const postWith = (url: string, token: string) =>
  HttpProcess.post(url, { headers: { authorization: `Bearer ${token}` } })

const types = "id_token at+application/jwt id+jwt logout+jwt application/logout+jwt secevent+jwt dpop+jwt"

const refused: ReadonlyArray<readonly [string, (issuer: Issuer.Issuer) => Effect.Effect<string>]> = [
  ["of another issuer", ({ token }) => token({ iss: "https://evil.test" })],
  ["of an issuer with a slash at the end", ({ token, url }) => token({ iss: `${url}/` })],
  ["for another audience", ({ token }) => token({ aud: "https://other.test/mcp" })],
  ["for an audience that only begins well", ({ token }) => token({ aud: `${Issuer.AUDIENCE}/x` })],
  ["that expired", ({ token }) => token({ exp: 1 })],
  ["that never expires", ({ token }) => token({ exp: undefined })],
  ["that is not valid yet", ({ token }) => token({ nbf: 9e9 })],
  ["that another party signed", ({ forged }) => forged()],
  ["without a signature", ({ unsigned }) => unsigned()],
  ["that is signed with the public key as a secret", ({ confused }) => confused()],
  ...[...types.split(" "), "at+jwt2", "", 5, null].map(
    (typ) => [`whose type is ${JSON.stringify(typ)}`, ({ typed }: Issuer.Issuer) => typed(typ)] as const
  ),
  ...["ID", "Refresh", "Offline", "Logout", 5].map(
    (typ) => [`that claims the type ${typ}`, ({ token }: Issuer.Issuer) => token({ typ })] as const
  ),
  ["that is not a JWT", () => Effect.succeed("canary")]
]

describe("a server with an authorization server", { timeout: 60_000 }, () => {
  it.live("a caller with a token for this server is served, and SailPoint never gets the token", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const issuer = yield* Issuer.start()
      const server = yield* serving(issuer, {}, sandbox)
      const token = yield* issuer.token()
      for (const kind of Assistant.kinds) {
        const assistant = yield* Assistant.connectTo(kind, { _tag: "Http", url: `${server.url}/mcp`, token })
        const { structured } = yield* assistant.call({ sourceId: Source.named("Done").sourceId })
        assert.strictEqual(structured?.["status"], "COMPLETED")
      }
      const received = JSON.stringify(yield* sandbox.received)
      yield* server.kill("SIGTERM")
      const { stderr } = yield* server.ended
      for (const part of token.split(".")) {
        assert.notInclude(received, part)
        assert.notInclude(stderr, part)
      }
      // The server fetches both metadata documents and the keys, each once.
      assert.sameMembers(
        [...issuer.asked],
        ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/keys"]
      )
    })
  )

  it.live("any other token is refused with 401 and the URL of the metadata", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer.start()
      const { url } = yield* serving(issuer)
      for (const [what, make] of refused) {
        const { body, headers, status } = yield* postWith(url, yield* make(issuer))
        assert.strictEqual(status, 401, what)
        assert.include(String(headers["www-authenticate"]), `resource_metadata="${METADATA}"`, what)
        assert.notInclude(body, "canary")
      }
      const { body } = yield* postWith(url, yield* issuer.typed("id_token"))
      assert.include(body, "The typ of the token is not that of an access token.")
    })
  )

  it.live("each type of access token is accepted", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer.start()
      const { url } = yield* serving(issuer)
      const tokens = [
        ...["at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"].map((typ) => issuer.typed(typ)),
        issuer.typed("JWT", { typ: "Bearer" })
      ]
      for (const token of tokens) assert.strictEqual((yield* postWith(url, yield* token)).status, 200)
    })
  )

  it.live.each([
    ["https://mcp.test", {}, "https://mcp.test", "https://mcp.test"],
    ["https://mcp.test/", {}, "https://mcp.test/", "https://mcp.test"],
    ["HTTPS://MCP.test:443/a b", {}, "HTTPS://MCP.test:443/a b", "https://mcp.test"],
    ["https://aud.test/x", { MCP_PUBLIC_URL: METADATA_HOST }, "https://aud.test/x", METADATA_HOST],
    ["api://sailpoint", { MCP_PUBLIC_URL: METADATA_HOST }, METADATA_HOST, METADATA_HOST]
  ] as const)(
    "the metadata names the resource of the audience %s, and its tokens are accepted",
    ([audience, env, resource, host]) =>
      Effect.gen(function* () {
        const issuer = yield* Issuer.start()
        const { url } = yield* serving(issuer, { MCP_OAUTH_AUDIENCE: audience, ...env })
        const { body } = yield* HttpProcess.get(url, "/.well-known/oauth-protected-resource")
        const metadata = JSON.parse(body) as Record<string, unknown>
        assert.deepStrictEqual([metadata["resource"], metadata["scopes_supported"]], [resource, undefined])
        const { headers } = yield* HttpProcess.post(url)
        assert.include(String(headers["www-authenticate"]), `resource_metadata="${host}/.well-known/`)
        assert.strictEqual((yield* postWith(url, yield* issuer.token({ aud: audience }))).status, 200)
      })
  )

  it.live("scopes are read in each form, and a token without them is refused with 403 and their names", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer.start()
      const { logged, url } = yield* serving(issuer, { MCP_OAUTH_SCOPES: "status:read sources:read" })
      for (const claims of [{}, { scope: "status:read" }, { scope: "status:reader sources:read" }]) {
        const { headers, status } = yield* postWith(url, yield* issuer.token(claims))
        assert.strictEqual(status, 403)
        assert.include(String(headers["www-authenticate"]), `scope="status:read sources:read"`)
      }
      yield* logged(/reason=scope status=403 subject=alice address=/u)
      const scopes = ["sources:read", "other", "status:read"]
      for (const claims of [{ scope: scopes.join(" ") }, { scp: scopes.join(" ") }, { scp: scopes }]) {
        assert.strictEqual((yield* postWith(url, yield* issuer.token(claims))).status, 200)
      }
    })
  )

  it.live("every call is refused with 503 while the keys cannot be fetched, and the log has the reason", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer.start()
      yield* issuer.setAway(true)
      const server = yield* serving(issuer)
      const { body, headers, status } = yield* postWith(server.url, yield* issuer.token())
      assert.deepStrictEqual([status, headers["retry-after"]], [503, "5"])
      assert.include(body, "The keys of the authorization server cannot be fetched now. Try again later.")
      yield* server.logged(/The keys of MCP_OAUTH_ISSUER cannot be fetched/u)
      yield* server.logged(/reason=issuer status=503/u)
    })
  )

  it.live("the requests of each caller are limited separately", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer.start()
      const { url } = yield* serving(issuer, { MCP_MAX_PER_CALLER: "1" })
      const alice = yield* issuer.token({ sub: "alice" })
      const again = yield* issuer.token({ sub: "alice", jti: "2" })
      const bob = yield* issuer.token({ sub: "bob" })
      assert.strictEqual((yield* postWith(url, alice)).status, 200)
      assert.strictEqual((yield* postWith(url, again)).status, 429)
      assert.strictEqual((yield* postWith(url, bob)).status, 200)
    })
  )

  it.live("a request without a token gets the URL of the metadata, which every page may read", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer.start()
      const { url } = yield* serving(issuer, { MCP_OAUTH_SCOPES: "status:read" })
      const { headers, status } = yield* HttpProcess.post(url)
      assert.strictEqual(status, 401)
      assert.strictEqual(
        headers["www-authenticate"],
        `Bearer realm="sailpoint-bulk-upload", scope="status:read", resource_metadata="${METADATA}"`
      )
      for (const path of ["", "/mcp"].map((end) => `/.well-known/oauth-protected-resource${end}`)) {
        const preflight = yield* HttpProcess.ask(url, {
          method: "OPTIONS",
          path,
          headers: { origin: "https://any.test", "access-control-request-method": "GET" }
        })
        assert.deepInclude(preflight.headers, {
          "access-control-allow-origin": "*",
          "access-control-allow-methods": "GET",
          "access-control-allow-headers": "*",
          "access-control-max-age": "7200"
        })
        const head = yield* HttpProcess.ask(url, { method: "HEAD", path })
        const posted = yield* HttpProcess.post(url, { path })
        const foreign = yield* HttpProcess.get(url, path, { host: "evil.test" })
        assert.deepStrictEqual([head.status, posted.status, foreign.status], [200, 405, 403])
        assert.strictEqual(posted.headers["allow"], "GET, HEAD, OPTIONS")
        const answer = yield* HttpProcess.get(url, path)
        assert.strictEqual(answer.status, 200)
        assert.deepInclude(answer.headers, {
          "access-control-allow-origin": "*",
          "cache-control": "max-age=300"
        })
        assert.deepStrictEqual(JSON.parse(answer.body), {
          resource: Issuer.AUDIENCE,
          authorization_servers: [issuer.url],
          bearer_methods_supported: ["header"],
          scopes_supported: ["status:read"],
          resource_name: "SailPoint bulk upload status"
        })
      }
    })
  )
})
