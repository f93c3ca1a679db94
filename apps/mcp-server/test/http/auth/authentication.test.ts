import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import * as BearerTokens from "../../../src/settings/BearerTokens.ts"
import * as Authentication from "../../../src/http/auth/Authentication.ts"
import * as HttpProcess from "../../support/HttpProcess.ts"
import * as JsonRpc from "../../support/JsonRpc.ts"

const { TOKEN } = HttpProcess

const serving = (sandbox: Sandbox.Service) =>
  HttpProcess.start(sandbox, { args: ["--log-level", "debug"], env: { MCP_BEARER_TOKEN: TOKEN } })

/** The challenge to a request without a bearer token, and to one with a wrong token. */
const REALM = `Bearer realm="sailpoint-bulk-upload"`
const ERROR = `Bearer error="invalid_token", error_description="This is not a token of this server."`
const FORMAT = `Bearer error="invalid_token", error_description="Invalid Authorization header format, expected 'Bearer TOKEN'"`

const wrong: ReadonlyArray<readonly [string, authorization: string | undefined, challenge?: string]> = [
  ["no token", undefined, REALM],
  ["an empty header", "", REALM],
  ["another token", `Bearer ${TOKEN.replace("0", "1")}`],
  ["the beginning of the token", `Bearer ${TOKEN.slice(0, -1)}`],
  ["more than the token", `Bearer ${TOKEN}0`],
  ["the token in capitals", `Bearer ${TOKEN.toUpperCase()}`],
  ["no token after the scheme", "Bearer ", FORMAT],
  ["the token without a scheme", TOKEN, REALM],
  ["the token in another scheme", `Basic ${TOKEN}`, REALM],
  ["the token in a longer scheme", `BearerX ${TOKEN}`, REALM],
  ["the token in a scheme with the same end", `XBearer ${TOKEN}`, REALM]
]

const NO_OAUTH = {
  error: "invalid_request",
  error_description:
    "This server requires a bearer token and does not support OAuth. Ask its operator for a token, and configure your client to send the header Authorization: Bearer TOKEN."
}

const oauthRequests = [
  ["GET", "/.well-known/oauth-authorization-server"],
  ["GET", "/.well-known/oauth-authorization-server/mcp"],
  ["GET", "/.well-known/oauth-protected-resource"],
  ["GET", "/.well-known/oauth-protected-resource/mcp/"],
  ["GET", "/.well-known/openid-configuration"],
  ["GET", "/authorize?response_type=code"],
  ["POST", "/register"],
  ["POST", "/token"]
] as const

const settings = [
  ["no authentication", undefined],
  ["a bearer token", BearerTokens.read({ MCP_BEARER_TOKEN: TOKEN }, [])]
] as const

describe("authentication", () => {
  it.effect.each(settings)(
    "a server with %s removes the token from the request, so that no other code sees it",
    ([, by]) =>
      Effect.gen(function* () {
        const { identify } = yield* Authentication.make(by)
        const request = new IncomingMessage(new Socket())
        request.headers.authorization = `Bearer ${TOKEN}`
        assert.notProperty(yield* Effect.promise(() => identify(request)), "refusal")
        assert.notProperty(request.headers, "authorization")
      })
  )
})

describe("a server with a bearer token", { timeout: 60_000 }, () => {
  it.live(
    "a server accepts only callers with its bearer token, repeats it nowhere, and explains that to OAuth clients",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const { ended, kill, url } = yield* serving(sandbox)
        const body = JSON.stringify(JsonRpc.callStatus(1, Source.named("Done").sourceId))
        const answers: Array<HttpProcess.Answer> = []
        for (const [what, authorization, challenge = ERROR] of wrong) {
          const headers = authorization === undefined ? {} : { authorization }
          const answer = yield* HttpProcess.post(url, { headers, body })
          assert.strictEqual(answer.status, 401, what)
          assert.strictEqual(answer.headers["www-authenticate"], challenge, what)
          answers.push(answer)
        }
        assert.isEmpty(yield* sandbox.received)
        for (const scheme of ["Bearer", "bearer", "BEARER"]) {
          const headers = { authorization: `${scheme} ${TOKEN}` }
          const answer = yield* HttpProcess.post(url, { headers, body })
          assert.include(answer.body, `"status":"COMPLETED"`)
          answers.push(answer)
        }
        for (const [method, path] of oauthRequests) {
          const answer = yield* HttpProcess.post(url, { method, path, headers: { host: "any.test" } })
          assert.strictEqual(answer.status, 404, path)
          assert.deepInclude(answer.headers, {
            "content-type": "application/json",
            "cache-control": "no-store"
          })
          assert.deepStrictEqual(JSON.parse(answer.body), NO_OAUTH)
        }
        for (const path of ["/canary", "/registers", "/x/register"]) {
          assert.include((yield* HttpProcess.get(url, path)).body, "There is nothing here")
        }
        const received = yield* sandbox.received
        assert.includeMembers(
          received.map(({ endpoint }) => endpoint),
          ["token", "status"]
        )
        yield* kill("SIGTERM")
        const { stderr, stdout } = yield* ended
        assert.include(stderr, "Serving MCP")
        assert.notMatch(JSON.stringify([answers, received, stderr, stdout]), /canary-bearer|sandbox-secret/u)
      })
  )
})
