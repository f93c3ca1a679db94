/** Bodies and connections of a hostile HTTP client. The next client is always served. */
import { PROTOCOL_VERSION_META_KEY } from "@modelcontextprotocol/client"
import { assert, describe, layer } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { connect } from "node:net"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"

class Server extends Context.Service<Server, HttpProcess.HttpProcess>()("test/hostile/HttpServer") {}
const Serving = Layer.effect(
  Server,
  Effect.flatMap(Sandbox.Sandbox, (sandbox) =>
    HttpProcess.start(sandbox, {
      args: ["--log-level", "trace"],
      env: { MCP_MAX_PER_CALLER: "9999", MCP_MAX_RUNNING: "600" }
    })
  )
).pipe(Layer.provideMerge(Sandbox.layer()))

const done = Source.named("Done").sourceId
const request = (method: string, params: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`

const PING = request("ping", "{}")

/** A body, the status of the answer, and a part of it. */
const bodies: ReadonlyArray<readonly [string, body: string, status: number, part: RegExp]> = [
  ["a text", `"x"`, 400, /-32600|-32700/u],
  ["an empty list", "[]", 400, /-32600/u],
  ["a list without messages", "[1,null,{}]", 400, /-32600|-32700/u],
  ["a method that is a number", `{"jsonrpc":"2.0","id":1,"method":5}`, 400, /-32600|-32700/u],
  ["params that are a text", request("ping", `"x"`), 400, /-32600|-32700/u],
  ["a list 100,000 deep", "[".repeat(100_000) + "]".repeat(100_000), 400, /-32600|-32700/u],
  ["NUL bytes", "\u0000\u0001\u0002", 400, /-32700/u],
  ["101 requests in a batch", `[${`${PING},`.repeat(100)}${PING}]`, 400, /100 messages/u],
  ["an ID that is null", `{"jsonrpc":"2.0","id":null,"method":"ping"}`, 400, /-32600|-32700/u],
  [
    "an ID of many digits before a list 100,000 deep",
    `{"jsonrpc":"2.0","id":1e21,"method":"ping","params":{"x":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
    400,
    /-32700/u
  ],
  ["params that are null", request("prompts/list", "null"), 200, /"prompts":\[/u],
  ["a missing URI", request("resources/read", "{}"), 200, /-32602.*params\.uri/u]
]

const SSE = "text/event-stream"
const JSON_ALONE = "application/json"
/** A value of Accept, and the type of the answer; undefined stands for 406. */
const accepts: ReadonlyArray<readonly [accept: string, type: string | undefined]> = [
  ["application/json, text/event-stream", SSE],
  ["", SSE],
  ["*/*", SSE],
  ["text/*", SSE],
  ["Text/Event-Stream; q=0.5", SSE],
  ["text/html, application/json;q=0.9, */*;q=0.8", SSE],
  ["text/*;q=0, text/event-stream", SSE],
  ["text/event-stream;seq=0", SSE],
  ["application/json", JSON_ALONE],
  ["Application/JSON; charset=utf-8", JSON_ALONE],
  ["application/json, text/event-stream;q=0", JSON_ALONE],
  ["*/*, text/event-stream;q=0.0", JSON_ALONE],
  ["text/*;Q=0, */*", JSON_ALONE],
  ["text/html", undefined],
  ["application/json;q=0, text/*;q=0", undefined],
  ["*/*;q=0", undefined]
]

const modernHeaders = (method: string) => ({
  "mcp-protocol-version": JsonRpc.MODERN_VERSION,
  "mcp-method": method,
  "mcp-name": "wait_for_bulk_upload"
})
const wait = JsonRpc.callTool(1, "wait_for_bulk_upload", { sourceId: done })
const { _meta } = JsonRpc.discover(1).params
const list = (params: object, method = "tools/list") => ({ jsonrpc: "2.0", id: 1, method, params })

/** Requests whose stream of events has more than one message, and a part of each answer. */
const asJson: ReadonlyArray<
  readonly [what: string, headers: Record<string, string>, body: object, answers: ReadonlyArray<RegExp>]
> = [
  ["a call with progress", {}, JsonRpc.withMeta(wait, { progressToken: 1 }), [/COMPLETED.*"id":1/u]],
  [
    "a call with progress, by the newest protocol",
    modernHeaders("tools/call"),
    JsonRpc.withMeta(wait, { ..._meta, progressToken: 1 }),
    [/COMPLETED.*"id":1/u]
  ],
  [
    "a subscription",
    modernHeaders("subscriptions/listen"),
    list({ _meta, notifications: { toolsListChanged: true } }, "subscriptions/listen"),
    [/"id":1.*complete/u]
  ],
  ["a batch of one message", {}, [JsonRpc.callStatus(1, done)], [/COMPLETED.*"id":1/u]],
  [
    "a batch",
    {},
    [JsonRpc.callStatus(1, done), JsonRpc.initialized, JsonRpc.callStatus(2, "x")],
    [/COMPLETED.*"id":1/u, /InvalidSourceId.*"id":2/u]
  ]
]

/** Text that an error must not repeat unchanged. */
const ODD = `odd\u202E\u0007\n${"x".repeat(5_000)}`
const NOT_PLAIN = /\u202E|\\u0007|\\n|x{1001}/u

/** Requests that the SDK refuses before they reach a server, and a part of the refusal. */
const beforeServer: ReadonlyArray<
  readonly [what: string, headers: Record<string, string>, message: object, says: RegExp]
> = [
  [
    "an unknown protocol version",
    {},
    list({ _meta: { ..._meta, [PROTOCOL_VERSION_META_KEY]: ODD } }),
    /-32022.*version: odd x/u
  ],
  [
    "a header that names another method",
    modernHeaders("x".repeat(5_000)),
    list({ _meta }),
    /-32020.*disagree/u
  ],
  [
    "a header that names another tool",
    modernHeaders("tools/call"),
    list({ _meta, name: ODD }, "tools/call"),
    /-32020.*odd x/u
  ],
  ["no header that names the method", modernHeaders(""), list({ _meta }, ODD), /-32020.*odd x/u]
]

/** A raw connection, until the scope closes. */
const connection = Effect.acquireRelease(
  Effect.map(Server, ({ url }) => {
    const { hostname, port } = new URL(url)
    return connect(Number(port), hostname).on("error", () => undefined)
  }),
  (socket) => Effect.sync(() => socket.destroy())
)

const POST = "POST /mcp HTTP/1.1\r\nHost: localhost\r\n"
const TYPES = "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"

const connections: ReadonlyArray<readonly [string, string]> = [
  ["a text that is not HTTP", "hello\r\n\r\n"],
  ["a length and chunks", `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["invalid chunks", `${POST}${TYPES}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ["100 kB of headers", `${POST}X: ${"x".repeat(100_000)}\r\n\r\n`],
  ["a line break in a header", `${POST}X: a\nY: b\u0000\r\n\r\n`]
]

describe("over HTTP", { timeout: 60_000 }, () => {
  layer(Serving, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
    const assertServing = Effect.gen(function* () {
      const { url } = yield* Server
      const { body, status } = yield* HttpProcess.post(url, {
        body: JSON.stringify(JsonRpc.callStatus(1, done))
      })
      assert.strictEqual(status, 200)
      assert.include(body, `"status":"COMPLETED"`)
    })

    it.effect.each(bodies)("a body is answered with the right status: %s", ([, body, wanted, says]) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const answer = yield* HttpProcess.post(url, { body })
        assert.strictEqual(answer.status, wanted, answer.body.slice(0, 500))
        assert.match(answer.body, says)
        assert.isBelow(answer.body.length, 2_500)
        assert.notMatch(answer.body, /\bat .*\.[jt]s:\d/u)
        yield* assertServing
      })
    )

    it.effect.each(accepts)("the server answers an Accept of %j with %s", ([accept, type]) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const answer = yield* HttpProcess.post(url, { headers: { accept } })
        assert.strictEqual(answer.status, type === undefined ? 406 : 200)
        assert.strictEqual(answer.headers["content-type"], type ?? JSON_ALONE)
        const says = type === undefined ? "-32000" : JsonRpc.LEGACY_VERSION
        assert.include(JSON.stringify(HttpProcess.messageIn(answer)), says)
      })
    )

    it.effect.each(asJson)("the answer to %s is JSON without notifications", ([, headers, message, wanted]) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const body = JSON.stringify(message)
        const answer = yield* HttpProcess.post(url, { headers: { ...headers, accept: JSON_ALONE }, body })
        assert.deepStrictEqual([answer.status, answer.headers["content-type"]], [200, JSON_ALONE])
        const answers: unknown = JSON.parse(answer.body)
        assert.strictEqual(Array.isArray(answers), Array.isArray(message))
        const lines = [answers].flat().map((one) => JSON.stringify(one))
        assert.lengthOf(lines, wanted.length)
        for (const pattern of wanted) assert.match(lines.join("\n"), pattern)
      })
    )

    it.effect.each(beforeServer)("the server refuses %s in plain text", ([, headers, message, says]) =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const answer = yield* HttpProcess.post(url, { headers, body: JSON.stringify(message) })
        assert.deepStrictEqual([answer.status, answer.headers["content-type"]], [400, JSON_ALONE])
        assert.match(answer.body, says)
        assert.notMatch(answer.body, NOT_PLAIN)
      })
    )

    it.effect("every call of a batch has its answer", () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const ids = Array.from({ length: 100 }, (_, n) => n + 1)
        const body = JSON.stringify(ids.map((id) => JsonRpc.callStatus(id, done)))
        const answer = yield* HttpProcess.post(url, { body })
        assert.strictEqual(answer.status, 200)
        const answered = Array.from(answer.body.matchAll(/"id":(\d+)/gu), ([, id]) => Number(id))
        assert.sameMembers(answered, ids)
      })
    )

    it.effect.each(connections)("a bad connection is refused and closed: %s", ([, text]) =>
      Effect.gen(function* () {
        const socket = yield* connection
        let answer = ""
        socket.setEncoding("latin1").on("data", (chunk: string) => (answer += chunk))
        socket.write(text, "latin1")
        yield* Effect.callback<void>((resume) => void socket.once("close", () => resume(Effect.void)))
        assert.match(answer, /^(?:HTTP\/1\.1 4\d\d |$)/u)
        yield* assertServing
      })
    )

    it.effect(
      "300 requests on a connection that is read late block no other client, and all are answered",
      () =>
        Effect.gen(function* () {
          const ids = Array.from({ length: 300 }, (_, n) => n)
          const socket = yield* connection
          socket.pause()
          for (const id of ids) {
            const body = JSON.stringify(JsonRpc.listTools(id))
            socket.write(`${POST}${TYPES}Content-Length: ${body.length}\r\n\r\n${body}`)
          }
          yield* assertServing
          let answers = ""
          const answered = () => Array.from(answers.matchAll(/"id":(\d+)(?=[,}])/gu), ([, id]) => Number(id))
          yield* Effect.callback<void>((resume) => {
            socket.setEncoding("utf8").resume()
            socket.on("data", (chunk: string) => {
              answers += chunk
              if (answered().length === ids.length) resume(Effect.void)
            })
          })
          assert.deepStrictEqual(answered(), ids)
        })
    )

    it.effect("the log has no stack trace and no warning of Node after all these requests", () =>
      Effect.gen(function* () {
        const { ended, kill } = yield* Server
        yield* kill("SIGTERM")
        const { code, stderr, stdout } = yield* ended
        assert.deepStrictEqual([code, stdout], [0, ""])
        assert.notMatch(stderr, /Warning|level=ERROR|\n\s+at /u)
      })
    )
  })
})
