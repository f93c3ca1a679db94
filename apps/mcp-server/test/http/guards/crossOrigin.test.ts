import { assert, describe, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpProcess from "../../support/HttpProcess.ts"

class Server extends Context.Service<Server, HttpProcess.HttpProcess>()("test/http/crossOrigin/Server") {}

const ALLOWED = "https://app.test:8443"
const authorization = `Bearer ${HttpProcess.TOKEN}`

const serving = (...origins: ReadonlyArray<string>) =>
  Layer.effect(
    Server,
    // Nothing listens at this URL, because no request reaches SailPoint.
    HttpProcess.start(
      { url: "http://127.0.0.1:9" },
      {
        args: origins.flatMap((origin) => ["--allowed-origin", origin]),
        env: { MCP_BEARER_TOKEN: HttpProcess.TOKEN }
      }
    )
  )

/** Sends the preflight request of a browser for an MCP client in a page. */
const preflight = (url: string, origin: string) =>
  HttpProcess.ask(url, {
    method: "OPTIONS",
    path: "/mcp",
    headers: {
      origin,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,mcp-protocol-version"
    }
  })

/** The headers that allow a page to send or to read. */
const permissions = ({ headers }: HttpProcess.Answer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /^access-control-|^vary$/u.test(name)))

const READABLE = {
  "access-control-allow-origin": ALLOWED,
  "access-control-expose-headers": "WWW-Authenticate, Retry-After, MCP-Session-Id",
  vary: "Origin"
}

const answers: ReadonlyArray<readonly [string, HttpProcess.Request, status: number]> = [
  ["the result", { headers: { authorization } }, 200],
  ["the refusal of a missing token", {}, 401],
  ["the refusal of a type", { headers: { "content-type": "text/plain" } }, 415],
  ["the refusal of a size", { headers: { authorization }, body: " ".repeat(2 * 1024 * 1024) }, 413],
  ["the refusal of a body that is not JSON", { headers: { authorization }, body: "{" }, 400],
  ["the refusal of a method", { method: "GET" }, 405]
]

const foreign = [
  "https://evil.test",
  "http://app.test:8443",
  "https://app.test",
  "https://app.test:8443.evil.test",
  "https://sub.app.test:8443",
  "null"
]

describe("the permissions of pages", { timeout: 60_000 }, () => {
  layer(serving(ALLOWED), { excludeTestServices: true, timeout: "60 seconds" })("of one origin", (it) => {
    it.effect("a page of an allowed origin may send like MCP clients, and its preflight needs no token", () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const answer = yield* preflight(url, ALLOWED)
        assert.deepStrictEqual([answer.status, answer.body], [204, ""])
        assert.deepStrictEqual(permissions(answer), {
          ...READABLE,
          "access-control-allow-methods": "POST",
          "access-control-allow-headers":
            "Authorization, Content-Type, MCP-Protocol-Version, MCP-Method, MCP-Name, MCP-Session-Id, Last-Event-ID, traceparent, tracestate",
          "access-control-max-age": "7200"
        })
        // OPTIONS without a requested method is not a preflight request.
        const other = yield* HttpProcess.post(url, { method: "OPTIONS", headers: { origin: ALLOWED } })
        assert.strictEqual(other.status, 405)
        assert.notProperty(other.headers, "access-control-allow-methods")
      })
    )

    it.effect.each(answers)("a page of an allowed origin may read %s", ([, request, status]) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const answer = yield* HttpProcess.post(url, {
          ...request,
          headers: { origin: ALLOWED, ...request.headers }
        })
        assert.strictEqual(answer.status, status)
        assert.deepStrictEqual(permissions(answer), READABLE)
      })
    )

    it.effect.each(foreign)("a page of the origin %s has no access", (origin) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        for (const answer of [
          yield* preflight(url, origin),
          yield* HttpProcess.post(url, { headers: { origin, authorization } })
        ]) {
          assert.strictEqual(answer.status, 403)
          assert.deepStrictEqual(permissions(answer), {})
        }
      })
    )

    it.effect("a page on this machine may send requests without a preflight, and reads nothing", () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const origin = "http://localhost:6274"
        const options = yield* preflight(url, origin)
        assert.deepStrictEqual([options.status, options.headers["allow"]], [405, "POST"])
        assert.deepStrictEqual(permissions(options), {})
        const answer = yield* HttpProcess.post(url, { headers: { origin, authorization } })
        assert.deepStrictEqual([answer.status, permissions(answer)], [200, {}])
      })
    )
  })

  layer(serving("App.Test", "localhost", "vscode-webview://*"), {
    excludeTestServices: true,
    timeout: "60 seconds"
  })("of a host or a scheme", (it) => {
    it.effect.each([
      "https://app.test",
      "http://app.test:3000",
      "http://localhost:6274",
      "vscode-webview://0a1b2c"
    ])("a page of an allowed host or scheme may send and read: %s", (origin) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        assert.strictEqual((yield* preflight(url, origin)).status, 204)
        const answer = yield* HttpProcess.post(url, { headers: { origin, authorization } })
        assert.strictEqual(answer.headers["access-control-allow-origin"], origin)
      })
    )
  })
})
