/** Searches every output for canary secrets, after success and after every failure. */
import { assert, describe, it } from "@effect/vitest"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Canary from "../support/Canary.ts"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"
import * as ServerProcess from "../support/ServerProcess.ts"
import { temporaryFolder } from "../support/Tarball.ts"

const done = Source.named("Done").sourceId

/** Each secret contains `canary`, and no other part of a request or answer does. */
const SECRETS = { SAIL_CLIENT_ID: Canary.client.clientId, SAIL_CLIENT_SECRET: Canary.SECRET }
const BEARER = { MCP_BEARER_TOKEN: HttpProcess.TOKEN }
const COLLECTOR = { OTEL_EXPORTER_OTLP_HEADERS: "api-key=canary-collector" }
const TRACE = ["--log-level", "trace"]

const redirect: Fault.Fault = { _tag: "Respond", status: 302, headers: { location: "https://evil.test/" } }

const faults: ReadonlyArray<readonly [string, Fault.Fault]> = [
  ["nothing", { _tag: "Delay", duration: 0 }],
  ["401", { _tag: "Respond", status: 401, body: { error: "invalid_token" } }],
  ["403", { _tag: "Respond", status: 403, body: {} }],
  ["404", { _tag: "Respond", status: 404 }],
  ["429", Fault.rateLimited("1")],
  ["429 for long", Fault.rateLimited("90")],
  ["a page with 502", Fault.gatewayPage(502)],
  ["a page with 200", Fault.gatewayPage(200)],
  ["a redirect", redirect],
  ["garbage", { _tag: "Respond", status: 200, body: "\u0000{" }],
  ["an unknown status", { _tag: "Respond", status: 200, body: { status: "X", access_token: 5 } }],
  ["an answer that is too large", Fault.oversized(5_000_000)],
  ["a reset", { _tag: "Reset" }],
  ["half an answer", { _tag: "CutOff" }],
  ["an echo with 200", { _tag: "Echo", status: 200 }],
  ["an echo with 302", { _tag: "Echo", status: 302 }],
  ["an echo with 400", { _tag: "Echo", status: 400 }],
  ["an echo with 401", { _tag: "Echo", status: 401 }],
  ["an echo with 500", { _tag: "Echo", status: 500 }]
]

/** Requests for three tools, the resource, a completion and an unknown tool. */
const requests: ReadonlyArray<object> = [
  JsonRpc.callStatus(1, done),
  JsonRpc.callTool(2, "list_non_employee_sources", {}),
  JsonRpc.callTool(3, "wait_for_bulk_upload", { sourceId: done, timeoutSeconds: 1 }),
  JsonRpc.readStatus(4, done),
  JsonRpc.completeSource(5, "x"),
  JsonRpc.callTool(6, "nothing", {})
]

/** A server over HTTP with a secret of each kind, its collector and its sandbox. */
const serving = Effect.gen(function* () {
  const sandbox = yield* Sandbox.make({ clients: [Canary.client] })
  const receiver = yield* OtlpReceiver.start()
  const server = yield* HttpProcess.start(sandbox, {
    args: TRACE,
    env: { ...SECRETS, ...BEARER, ...receiver.env, ...COLLECTOR, MCP_MAX_PER_CALLER: "99999" }
  })
  return { sandbox, receiver, server }
})

const tokensIn = (received: ReadonlyArray<Sandbox.Received>) =>
  received.flatMap(({ headers }) => headers["authorization"]?.split(" ").at(-1) ?? [])

const assertNone = (text: string, tokens: ReadonlyArray<string>) => {
  assert.notInclude(text, "canary")
  for (const token of new Set(tokens)) assert.notInclude(text, token)
}

describe("secrets", { timeout: 120_000 }, () => {
  it.live("no answer, log line, span or metric contains a secret after any failure", () =>
    Effect.gen(function* () {
      for (const endpoint of ["status", "token", "sources"] as const) {
        const { receiver, sandbox, server } = yield* serving
        const headers = { authorization: `Bearer ${HttpProcess.TOKEN}` }
        const answers: Array<string> = []
        for (const [what, fault] of faults) {
          // The server fetches a token only after the previous token was refused.
          yield* sandbox.revokeTokens
          yield* sandbox.fail({ endpoint, fault, times: 2 })
          const replies = yield* Effect.forEach(
            requests,
            (message) =>
              HttpProcess.post(server.url, { headers, body: JSON.stringify(message) }).pipe(
                Effect.timeoutOption("4 seconds")
              ),
            { concurrency: "unbounded" }
          )
          const shown = JSON.stringify(replies)
          assert.notInclude(shown, "canary", `${what} (${endpoint})`)
          answers.push(shown)
        }
        answers.push(JSON.stringify(yield* HttpProcess.post(server.url, { headers: { authorization: "x" } })))
        yield* server.kill("SIGTERM")
        const { stderr, stdout } = yield* server.ended
        const tokens = tokensIn(yield* sandbox.received)
        const posts = receiver.posts.map(({ body, path }) => path + body.toString())
        assert.isNotEmpty(tokens)
        const paths = receiver.posts.map(({ path }) => path)
        assert.includeMembers(paths, ["/v1/traces", "/v1/metrics", "/v1/logs"])
        assertNone([stderr, stdout, ...posts, ...answers].join("\n"), tokens)
      }
    })
  )

  it.live("a diagnostic report contains no secret", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const sandbox = yield* Sandbox.make({ clients: [Canary.client] })
      const server = yield* ServerProcess.start(TRACE, {
        ...ServerProcess.settingsFor(sandbox),
        ...SECRETS,
        ...COLLECTOR,
        NODE_OPTIONS: `--report-on-signal --report-uncaught-exception --report-directory=${folder}`
      })
      yield* server.send(JsonRpc.initialize(0), JsonRpc.initialized, JsonRpc.callStatus(1, done))
      yield* server.answer(1)
      yield* server.kill("SIGUSR2")
      yield* server.logged(/Node\.js report completed/u)
      const [report = "none"] = yield* Effect.promise(() => readdir(folder))
      const text = yield* Effect.promise(() => readFile(join(folder, report), "utf8"))
      assert.include(text, `"commandLine"`)
      assert.notProperty(JSON.parse(text), "environmentVariables")
      assertNone(text, tokensIn(yield* sandbox.received))
    })
  )

  it.live("the environment contains no secret for modules and processes that start later", () =>
    Effect.gen(function* () {
      const code = `process.on("exit", () => process.stderr.write(JSON.stringify(process.env)))`
      const server = yield* ServerProcess.start([], {
        ...ServerProcess.settingsFor({ url: "http://127.0.0.1:9" }),
        ...SECRETS,
        ...BEARER,
        OTHER: "kept",
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`
      })
      yield* server.closeInput
      const { stderr } = yield* server.ended
      assert.include(stderr, `"OTHER":"kept"`)
      assert.notInclude(stderr, "canary")
    })
  )
})
