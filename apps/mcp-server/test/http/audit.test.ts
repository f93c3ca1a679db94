import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import * as RefusalLog from "../../src/http/RefusalLog.ts"
import * as AuditLine from "../support/AuditLine.ts"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as Issuer from "../support/Issuer.ts"
import * as SecretFile from "../support/SecretFile.ts"
import * as JsonRpc from "../support/JsonRpc.ts"
import * as Otlp from "../support/Otlp.ts"
import * as OtlpReceiver from "../support/OtlpReceiver.ts"

const done = Source.named("Done").sourceId
const call = JSON.stringify(JsonRpc.callStatus(7, done))
const authorization = `Bearer ${HttpProcess.TOKEN}`
const address = "127.0.0.1"

const endedLog = ({ ended, kill }: HttpProcess.HttpProcess) =>
  Effect.map(Effect.andThen(kill("SIGTERM"), ended), ({ stderr }) => stderr)

/** Each refusal, in the order that its request is sent. */
const refusals: ReadonlyArray<readonly [reason: string, status: number, HttpProcess.Request]> = [
  ["host", 403, { headers: { host: "canary.test" } }],
  ["origin", 403, { headers: { origin: "https://canary.test" } }],
  ["method", 405, { method: "DELETE" }],
  ["accept", 406, { headers: { accept: "text/html" } }],
  ["contentType", 415, { headers: { "content-type": "text/plain" } }],
  ["size", 413, { body: " ".repeat(2 * 1024 * 1024) }],
  ["path", 404, { path: "/canary" }],
  ["path", 404, { path: "/.well-known/openid-configuration" }],
  ["origin", 403, { path: "/healthz", method: "GET", headers: { origin: "https://canary.test" } }],
  ["token", 401, { body: "{" }],
  ["token", 401, { headers: { authorization: `${authorization}0` } }],
  ["json", 400, { headers: { authorization }, body: "canary" }],
  ["protocol", 400, { headers: { authorization }, body: "[]" }],
  ["callerRate", 429, { headers: { authorization } }]
]

/** The names in the first column of the table of fields. */
const documentedFields = () => {
  const document = readFileSync(new URL("../../../../docs/team.md", import.meta.url), "utf8")
  const [, table = ""] = /\| field [^\n]*\n[^\n]*\n((?:\|[^\n]*\n)+)/u.exec(document) ?? []
  const queries = Array.from(document.matchAll(/^jq -R '(.+)' server\.log$/gmu), ([, query = ""]) =>
    query.replace(/[0-9a-f]{32}/u, done)
  )
  return { fields: Array.from(table.matchAll(/^\| `(\w+)`/gmu), ([, field = ""]) => field), queries }
}

describe("the log of a server over HTTP", { timeout: 60_000 }, () => {
  it.live("the log has a line for each refused request, with the reason and the caller's address", () =>
    Effect.gen(function* () {
      const server = yield* HttpProcess.start(yield* Sandbox.make(), {
        env: { MCP_BEARER_TOKEN: HttpProcess.TOKEN, MCP_MAX_PER_CALLER: "2" }
      })
      for (const [reason, status, request] of refusals) {
        assert.strictEqual((yield* HttpProcess.post(server.url, request)).status, status, reason)
      }
      const stderr = yield* endedLog(server)
      assert.deepStrictEqual(
        AuditLine.all(stderr)
          .filter(({ message }) => message === "Request refused")
          .map(({ fiber: _fiber, level: _level, message: _message, timestamp: _time, ...line }) => line),
        refusals.map(([reason, status]) => ({ reason, status: String(status), address }))
      )
      assert.notInclude(stderr, "canary")
    })
  )

  it.live("the log limits the lines of a reason and counts those left out, and a metric counts all", () =>
    Effect.gen(function* () {
      const receiver = yield* OtlpReceiver.start()
      const server = yield* HttpProcess.start(yield* Sandbox.make(), {
        env: { MCP_BEARER_TOKEN: HttpProcess.TOKEN, ...receiver.env }
      })
      for (let i = 0; i < 25; i++) yield* HttpProcess.post(server.url)
      yield* HttpProcess.post(server.url, { method: "GET" })
      const lines = AuditLine.all(yield* endedLog(server))
      const reasons = lines.filter(({ message }) => message === "Request refused").map(({ reason }) => reason)
      assert.deepStrictEqual(reasons, [...Array.from({ length: 20 }, () => "token"), "method"])
      assert.deepStrictEqual(
        lines.filter(({ leftOut }) => leftOut !== undefined).map(({ leftOut, reason }) => [reason, leftOut]),
        [["token", "5"]]
      )
      const metric = "mcp.server.requests.refused"
      const unit = "{request}"
      const description = "HTTP requests that the server refused, by reason."
      const point = (reason: string, status: string, count: number) => {
        const attributes = { reason, "http.response.status_code": status, unit }
        return { metric, description, unit, isMonotonic: true, attributes, count }
      }
      assert.sameDeepMembers(
        Otlp.pointsIn(receiver.posts).filter((point) => point.metric === metric),
        [point("token", "401", 25), point("method", "405", 1)]
      )
    })
  )

  it.effect("the log has 20 lines of a reason in each minute, and then the count of those left out", () =>
    Effect.gen(function* () {
      const logged: Array<unknown> = []
      const logger = Logger.map(Logger.formatStructured, ({ annotations, message }) => {
        logged.push(annotations["leftOut"] ?? message)
      })
      const { report } = RefusalLog.make()
      const reported = report({ reason: "path", status: 404 }, { address })
      yield* Effect.gen(function* () {
        yield* reported
        for (const [seconds, count] of [
          [30, 20],
          [30, 22],
          [40, 1],
          [20, 20],
          [60, 1]
        ] as const) {
          yield* TestClock.adjust(`${seconds} seconds`)
          yield* Effect.repeat(reported, { times: count - 1 })
        }
      }).pipe(Effect.provide(Logger.layer([logger])))
      const lines = Array.from({ length: 20 }, () => "Request refused")
      assert.deepStrictEqual(logged, [...lines, 1, ...lines, 3, ...lines, "Request refused"])
    })
  )

  it.live("the log names the caller of each call by the token's subject and client, or by address", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const issuer = yield* Issuer.start()
      const env = { MCP_OAUTH_ISSUER: issuer.url, MCP_OAUTH_AUDIENCE: Issuer.AUDIENCE }
      const server = yield* HttpProcess.start(sandbox, { env })
      for (const claims of [{ client_id: "an-assistant" }, { sub: undefined, azp: "a\nrobot" }]) {
        const headers = { authorization: `Bearer ${yield* issuer.token(claims)}` }
        assert.strictEqual((yield* HttpProcess.post(server.url, { headers, body: call })).status, 200)
      }
      const open = yield* HttpProcess.start(sandbox)
      assert.strictEqual((yield* HttpProcess.post(open.url, { body: call })).status, 200)
      const common = {
        level: "INFO",
        message: "Tool call",
        tool: JsonRpc.TOOL,
        outcome: "ok",
        requestId: "7",
        sourceId: done,
        address
      }
      assert.deepStrictEqual(AuditLine.inLog(yield* endedLog(server)), [
        { ...common, subject: "alice", clientId: "an-assistant" },
        { ...common, clientId: "a?robot" }
      ])
      assert.deepStrictEqual(AuditLine.inLog(yield* endedLog(open)), [common])
    })
  )
})

describe("the documented fields of the log", { timeout: 60_000 }, () => {
  it.live("the documented fields are the logged ones, and the documented queries find their lines", () =>
    Effect.gen(function* () {
      const issuer = yield* Issuer.start()
      const sandbox = yield* Sandbox.make()
      const start = (env: Readonly<Record<string, string>>) =>
        HttpProcess.start(sandbox, { args: ["--log-format", "json"], env })
      const { path } = yield* SecretFile.make(`alice:${HttpProcess.TOKEN}`)
      const named = yield* start({ MCP_BEARER_TOKEN_FILE: path })
      yield* HttpProcess.post(named.url, { headers: { authorization }, body: call })
      const server = yield* start({
        MCP_OAUTH_ISSUER: issuer.url,
        MCP_OAUTH_AUDIENCE: Issuer.AUDIENCE,
        MCP_MAX_PER_CALLER: "2"
      })
      const token = yield* issuer.token({ client_id: "an-assistant" })
      const headers = { authorization: `Bearer ${token}` }
      for (const body of [call, JSON.stringify(JsonRpc.readStatus(8, done)), call]) {
        yield* HttpProcess.post(server.url, { headers, body })
      }
      for (let i = 0; i < 21; i++) yield* HttpProcess.post(server.url)
      const stderr = (yield* endedLog(named)) + (yield* endedLog(server))
      const lines = stderr
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      const logged = lines.flatMap(({ annotations }) => Object.keys(annotations ?? {}))
      const { fields, queries } = documentedFields()
      const ofEveryLine = ["message", "timestamp", "level", "fiber"]
      assert.sameMembers(fields, [...ofEveryLine, ...new Set(logged)])

      const found = queries.map((query) => {
        const { error, status, stdout } = spawnSync("jq", ["-R", "-c", query], { input: stderr })
        return error === undefined ? [status, stdout.toString().split("\n").length - 1] : "no jq"
      })
      const byQuery = [3, 21, 1, 3].map((count) => [0, count])
      assert.deepStrictEqual(found, found[0] === "no jq" ? queries.map(() => "no jq") : byQuery)
    })
  )
})
