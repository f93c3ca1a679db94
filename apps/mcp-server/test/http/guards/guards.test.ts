import { assert, describe, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as HttpProcess from "../../support/HttpProcess.ts"
import * as JsonRpc from "../../support/JsonRpc.ts"

class Server extends Context.Service<Server, HttpProcess.HttpProcess>()("test/http/guards/Server") {}

/** Nothing listens at this URL, because no request reaches SailPoint. */
const serving = (args: ReadonlyArray<string> = []) =>
  Layer.effect(Server, HttpProcess.start({ url: "http://127.0.0.1:9" }, { args }))

const MEBIBYTE = 1024 * 1024
const HUGE = " ".repeat(5 * MEBIBYTE)
const TOO_LONG = " ".repeat(MEBIBYTE + 1)
const LONGEST = JSON.stringify(JsonRpc.initialize(1)).padStart(MEBIBYTE)
const CHUNKED = { "transfer-encoding": "chunked" }
const LIST = JSON.stringify(JsonRpc.listTools(1))

const refused: ReadonlyArray<readonly [string, HttpProcess.Request, status: number]> = [
  ["another path", { path: "/" }, 404],
  ["a path below the endpoint", { path: "/mcp/x" }, 404],
  ["a path with two slashes at the end", { path: "/mcp//" }, 404],
  ["another path in absolute form", { path: "http://localhost/" }, 404],
  ["a path in capitals", { path: "/MCP" }, 404],
  ["an encoded path", { path: "/%6dcp" }, 404],
  ["a path with dots", { path: "/x/../mcp" }, 404],
  ["the OAuth metadata of a server without OAuth", { path: "/.well-known/oauth-protected-resource" }, 404],
  ["a Host of a rebound name", { headers: { host: "evil.test" } }, 403],
  ["a Host of a rebound name with this port", { headers: { host: "evil.test:3917" } }, 403],
  ["a Host that begins with a local name", { headers: { host: "localhost.evil.test" } }, 403],
  ["a Host behind a user name", { headers: { host: "localhost@evil.test" } }, 403],
  ["a rebound name in absolute form", { path: "http://evil.test/mcp" }, 403],
  ["a rebound name in absolute form, with this port", { path: "HTTP://evil.test:3917/mcp" }, 403],
  ["a user name in absolute form", { path: "http://localhost@evil.test/mcp" }, 403],
  ["this machine's name before a rebound one", { path: "http://localhost\\@evil.test/mcp" }, 400],
  ["no name in absolute form", { path: "http:///mcp" }, 403],
  ["an address that is not this machine's", { headers: { host: "10.1.2.3" } }, 403],
  ["a Host that is not a valid host", { headers: { host: "a b" } }, 403],
  ["a Host with a user name before it", { headers: { host: "user:password@localhost" } }, 403],
  ["a Host with a path behind it", { headers: { host: "localhost/x" } }, 403],
  ["an Origin of another site", { headers: { origin: "https://evil.test" } }, 403],
  ["the Origin of a sandboxed page", { headers: { origin: "null" } }, 403],
  ["the Origin of a file", { headers: { origin: "file://" } }, 403],
  ["an Origin that begins with a local one", { headers: { origin: "http://localhost.evil.test" } }, 403],
  ["an Origin that is not valid", { headers: { origin: "localhost" } }, 403],
  ["a preflight of another site", { method: "OPTIONS", headers: { origin: "https://evil.test" } }, 403],
  ["GET", { method: "GET" }, 405],
  ["DELETE", { method: "DELETE" }, 405],
  ["OPTIONS", { method: "OPTIONS" }, 405],
  ["PUT", { method: "PUT" }, 405],
  ["HEAD", { method: "HEAD" }, 405],
  ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }, 415],
  ["a form with a file", { headers: { "content-type": "multipart/form-data; boundary=x" } }, 415],
  ["a form of plain text", { headers: { "content-type": "text/plain" } }, 415],
  ["JSON that is only mentioned", { headers: { "content-type": "text/plain; a=application/json" } }, 415],
  ["a body without a type", { headers: { "content-type": "" } }, 415],
  ["a body of more than a MiB", { body: TOO_LONG }, 413],
  ["a body of more than a MiB without a length", { body: TOO_LONG, headers: CHUNKED }, 413],
  ["a body that is not JSON", { body: "{" }, 400],
  ["no body", { body: "" }, 400],
  ["JSON that is not a message", { body: "{}" }, 400],
  ["an unknown protocol version", { headers: { "mcp-protocol-version": "1999-01-01" }, body: LIST }, 400],
  // Requests with two faults: the first check is cheaper, or reveals less.
  ["the path before Host", { path: "/", headers: { host: "evil.test" } }, 404],
  ["Host before Origin and method", { method: "GET", headers: { host: "evil.test", origin: "null" } }, 403],
  ["Origin before the method", { method: "DELETE", headers: { origin: "null" } }, 403],
  ["the method before the type", { method: "PUT", headers: { "content-type": "text/plain" } }, 405],
  ["the type before the size", { body: HUGE, headers: { "content-type": "text/plain" } }, 415]
]

const served: ReadonlyArray<readonly [string, HttpProcess.Request]> = [
  ["the address as Host", { headers: { host: "127.0.0.1" } }],
  ["localhost as Host, with a port", { headers: { host: "localhost:1234" } }],
  ["the IPv6 loopback as Host", { headers: { host: "[::1]:3917" } }],
  ["an Origin of this machine", { headers: { origin: "http://localhost:6274" } }],
  ["a type with a charset", { headers: { "content-type": "Application/JSON; charset=utf-8" } }],
  ["a query", { path: "/mcp?x=1" }],
  ["a URL in the query", { path: "/mcp?x=http://evil.test/" }],
  ["a slash at the end", { path: "/mcp/" }],
  ["a slash at the end, and a query", { path: "/mcp/?x=1" }],
  ["a target in absolute form", { path: "http://localhost:3917/mcp" }],
  ["a target in absolute form, by https", { path: "HTTPS://127.0.0.1/mcp/?x=1" }],
  ["a target in absolute form before Host", { path: "http://[::1]/mcp", headers: { host: "evil.test" } }],
  ["a body of a MiB", { body: LONGEST }],
  ["a body of a MiB without a length", { body: LONGEST, headers: CHUNKED }]
]

const messages: ReadonlyArray<
  readonly [message: string, headers: Record<string, string>, HttpProcess.Request?, code?: number]
> = [
  ["Invalid Host: evil.test. If clients use this host, add it with --allowed-host.", { host: "evil.test" }],
  ["Invalid Host: expected a host and, optionally, a port.", { host: "localhost/x" }],
  [
    "Invalid Origin: a.test. If pages of this origin may call this server, add the origin with --allowed-origin.",
    { origin: "http://a.test" }
  ],
  ["Not acceptable: let Accept include text/event-stream, application/json or both.", { accept: "a/b" }],
  ["The body must be JSON. Send it with Content-Type: application/json.", { "content-type": "text/plain" }],
  ["Method not allowed.", {}, { method: "PUT" }],
  ["The body is longer than 1048576 bytes.", {}, { body: TOO_LONG }],
  ["Parse error: the body is not valid JSON.", {}, { body: "{" }, -32_700],
  ["There is nothing here; the MCP endpoint is /mcp.", {}, { path: "/register" }]
]

describe("the MCP endpoint on this machine", { timeout: 60_000 }, () => {
  layer(serving(), { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    it.effect.each(refused)("the endpoint refuses %s, and no page can read that", ([, request, status]) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const answer = yield* HttpProcess.post(url, request)
        assert.deepStrictEqual(
          [answer.status, answer.headers["allow"]],
          [status, status === 405 ? "POST" : undefined]
        )
        assert.notProperty(answer.headers, "access-control-allow-origin")
      })
    )

    it.effect.each(served)("the endpoint serves %s, and no foreign page can read that", ([, request]) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const answer = yield* HttpProcess.post(url, request)
        assert.strictEqual(answer.status, 200)
        assert.notProperty(answer.headers, "access-control-allow-origin")
        assert.include(answer.body, `"protocolVersion":"${JsonRpc.LEGACY_VERSION}"`)
      })
    )

    it.effect.each(messages)(
      "a refusal has its reason in a JSON-RPC error: %s",
      ([message, headers, more, code]) =>
        Effect.gen(function* () {
          const { url } = yield* Server
          const answer = yield* HttpProcess.post(url, { headers, ...more })
          assert.strictEqual(answer.headers["content-type"], "application/json")
          const error = { code: code ?? -32_000, message }
          assert.deepStrictEqual(HttpProcess.messageIn(answer), { jsonrpc: "2.0", error, id: null })
        })
    )

    it.effect("a client that is still sending an oversized body gets its answer", () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        for (let i = 0; i < 5; i++) {
          const body = new Blob([HUGE]).stream()
          // Streams the body without a length. The DOM's types have no `duplex`.
          const streamed = { method: "POST", headers: HttpProcess.HEADERS, body, duplex: "half" }
          const response = yield* Effect.promise(() => fetch(`${url}/mcp`, streamed))
          assert.strictEqual(response.status, 413)
        }
      })
    )

    it.effect("an unknown method is answered with 404 and -32601 in the newest protocol", () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const { params } = JsonRpc.discover(1)
        const method = "tools/delete"
        const answer = yield* HttpProcess.post(url, {
          headers: { "mcp-protocol-version": JsonRpc.MODERN_VERSION, "mcp-method": method },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })
        })
        assert.strictEqual(answer.status, 404)
        assert.include(answer.body, "-32601")
      })
    )
  })

  layer(serving(["--allowed-host", "mcp.test", "--allowed-origin", "app.test"]), {
    excludeTestServices: true,
    timeout: "60 seconds"
  })("with more names allowed", (it) => {
    it.effect("the endpoint serves allowed names too, and no others", () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const statusOf = (headers: Record<string, string>) =>
          Effect.map(HttpProcess.post(url, { headers }), ({ status }) => status)
        assert.strictEqual(yield* statusOf({ host: "mcp.test", origin: "https://app.test" }), 200)
        assert.strictEqual(yield* statusOf({ host: "localhost" }), 200)
        assert.strictEqual(yield* statusOf({ host: "app.test" }), 403)
        assert.strictEqual(yield* statusOf({ origin: "https://mcp.test" }), 403)
      })
    )
  })
})
