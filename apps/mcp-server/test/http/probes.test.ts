import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { connect } from "node:net"
import { text } from "node:stream/consumers"
import * as Readiness from "../../src/http/Readiness.ts"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as InProcess from "../support/InProcess.ts"
import * as SecretFile from "../support/SecretFile.ts"

const tokenRequests = (sandbox: Sandbox.Service) =>
  Effect.map(sandbox.received, (received) => received.filter(({ endpoint }) => endpoint === "token").length)

/** A server that other machines reach by one name and with a token. */
const PUBLIC = {
  args: ["--host", "0.0.0.0", "--allowed-host", "mcp.test"],
  env: { MCP_BEARER_TOKEN: HttpProcess.TOKEN }
}

const token = { authorization: `Bearer ${HttpProcess.TOKEN}` }

const tokenUntil = (exp: number): string =>
  `e30.${Buffer.from(JSON.stringify({ iat: exp - 3600, exp })).toString("base64url")}.canary`

describe("a probe", { timeout: 60_000 }, () => {
  it.live(
    "a probe finds the process alive without a request to SailPoint, and ready with one token for all",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.make()
        const { url } = yield* HttpProcess.start(sandbox)
        const { body, headers, status } = yield* HttpProcess.get(url, "/healthz")
        assert.deepStrictEqual([status, body], [200, `{"alive":true}`])
        assert.strictEqual(headers["cache-control"], "no-store")
        assert.isEmpty(yield* sandbox.received)
        const answers = yield* Effect.all(
          Array.from({ length: 20 }, () => HttpProcess.get(url, "/readyz")),
          { concurrency: "unbounded" }
        )
        for (const { body, headers, status } of answers)
          assert.deepStrictEqual(
            [status, body, headers["cache-control"]],
            [200, `{"ready":true}`, "no-store"]
          )
        assert.strictEqual(yield* tokenRequests(sandbox), 1)
      })
  )

  it.live.each([
    [-60, 503],
    [600, 200]
  ] as const)("a token that expires in %i s decides whether the server is ready", ([seconds, expected]) =>
    Effect.gen(function* () {
      const now = Math.floor(Date.now() / 1000)
      const { url } = yield* HttpProcess.start(yield* Sandbox.make(), {
        env: { SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: "", SAIL_ACCESS_TOKEN: tokenUntil(now + seconds) }
      })
      const { body, status } = yield* HttpProcess.get(url, "/readyz")
      assert.strictEqual(status, expected)
      assert.notInclude(body, "canary")
      if (status === 503) assert.match(body, /The access token expired at .*SAIL_ACCESS_TOKEN/u)
    })
  )

  it.live("a readiness probe reads the file of an expired token again", () =>
    Effect.gen(function* () {
      const now = Math.floor(Date.now() / 1000)
      const { path, write } = yield* SecretFile.make(tokenUntil(now - 60))
      const { url } = yield* HttpProcess.start(yield* Sandbox.make(), {
        env: { SAIL_CLIENT_ID: "", SAIL_CLIENT_SECRET: "", SAIL_ACCESS_TOKEN_FILE: path }
      })
      yield* write(tokenUntil(now + 600))
      assert.strictEqual((yield* HttpProcess.get(url, "/readyz")).status, 200)
    })
  )

  it.effect("readiness is known after five seconds even without an access token, and kept for ten", () =>
    Effect.gen(function* () {
      let requests = 0
      const get = Effect.suspend(() => {
        requests += 1
        return requests === 1 ? Effect.never : Effect.succeed(Redacted.make("token"))
      })
      const readiness = yield* Readiness.make({ givenToken: false }).pipe(
        Effect.provide(InProcess.apiClient(get))
      )
      const first = yield* Effect.forkChild(readiness)
      yield* TestClock.adjust("5 seconds")
      const slow = {
        problem: "No access token arrived within 5 seconds.",
        nextStep: "Check that this machine can reach SailPoint. The server tries again."
      }
      assert.deepStrictEqual(yield* Fiber.join(first), slow)
      yield* TestClock.adjust("9999 millis")
      assert.deepStrictEqual([yield* readiness, requests], [slow, 1])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual([yield* readiness, requests], [undefined, 2])
    })
  )

  it.live(
    "a probe needs no token and may name any host, and other requests need an allowed one on all interfaces",
    () =>
      Effect.gen(function* () {
        const { url } = yield* HttpProcess.start(yield* Sandbox.make(), PUBLIC)
        const statusOf = (path: string, headers: Record<string, string>) =>
          Effect.map(HttpProcess.get(url, path, headers), ({ status }) => status)
        for (const path of ["/healthz", "/readyz", "/healthz/", "/readyz/?x=1", "http://evil.test/healthz"]) {
          for (const host of [
            "10.1.2.3:3917",
            "[fd00::1]:3917",
            "mcp.test",
            "localhost",
            "evil.test",
            "a b"
          ]) {
            assert.strictEqual(yield* statusOf(path, { host }), 200, `${path} of ${host}`)
          }
          assert.strictEqual(yield* statusOf(path, { origin: "https://evil.test" }), 403)
          assert.strictEqual((yield* HttpProcess.ask(url, { method: "HEAD", path })).status, 200)
          const posted = yield* HttpProcess.post(url, { path })
          assert.deepStrictEqual([posted.status, posted.headers["allow"]], [405, "GET, HEAD"])
        }
        for (const path of ["/healthz", "/readyz"]) {
          const socket = connect(Number(new URL(url).port), "127.0.0.1")
          socket.write(`GET ${path} HTTP/1.0\r\n\r\n`)
          assert.match(yield* Effect.promise(() => text(socket)), /^HTTP\/1\.1 200 /u)
        }
        // Unlike a probe, a request to the endpoint has to name an allowed host.
        for (const [status, host, more] of [
          [200, "mcp.test", {}],
          [403, "mcp.test", { origin: "http://localhost" }],
          ...["10.1.2.3:3917", "localhost", "0.0.0.0"].map((host) => [403, host, {}] as const)
        ] as const) {
          const answer = yield* HttpProcess.post(url, { headers: { ...token, ...more, host } })
          assert.strictEqual(answer.status, status, host)
        }
      })
  )

  it.live.each([
    ["the token", PUBLIC, token, true],
    ["the token and a foreign host", PUBLIC, { ...token, host: "evil.test" }, true],
    ["no token", PUBLIC, { host: "mcp.test" }, false],
    ["another token", PUBLIC, { authorization: `${token.authorization}0` }, false],
    ["this machine's name and no authentication", {}, {}, true],
    ["a foreign host and no authentication", {}, { host: "evil.test" }, false]
  ] as const)(
    "a probe with %s gets details only if it is authorized, and SailPoint gets one request",
    ([, options, headers, detailed]) =>
      Effect.gen(function* () {
        const wrong = {
          ...options,
          env: { ...("env" in options ? options.env : {}), SAIL_CLIENT_SECRET: "canary-secret" }
        }
        const sandbox = yield* Sandbox.make()
        const { url } = yield* HttpProcess.start(sandbox, wrong)
        const { body, status } = yield* HttpProcess.get(url, "/readyz", headers)
        assert.strictEqual(status, 503)
        assert.strictEqual((yield* HttpProcess.get(url, "/readyz", headers)).body, body)
        assert.strictEqual(yield* tokenRequests(sandbox), 1)
        assert.notInclude(body, "canary")
        if (detailed) assert.match(body, /^\{"ready":false,"problem":".+","nextStep":".+"\}$/u)
        else assert.strictEqual(body, `{"ready":false}`)
      })
  )
})
