import { assert, describe, it } from "@effect/vitest"
import * as Client from "@sailpoint-bulk-upload/sandbox/Client"
import type * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { readFileSync, statSync } from "node:fs"
import * as SecretFile from "../support/SecretFile.ts"
import { start } from "../support/ServerProcess.ts"

const id = (digit: string) => digit.repeat(32)

/** Texts that a report replaces. Each contains `canary`, so that a search finds it. */
const client = { ...Client.admin, clientId: "canary-client", clientSecret: "canary-secret" }
const sources = ["Done", "No status"].map((name, index) => ({
  ...Source.named(name),
  name: `canary ${name}`,
  description: "canary description",
  sourceId: id(index === 0 ? "a" : "b")
}))

const refusing: Fault.Fault = {
  _tag: "Respond",
  status: 404,
  headers: { "x-127": "canary", "x-gateway": "canary", "content-type": "application/json; charset=canary" },
  body: {
    detailCode: "404 canary-acme",
    trackingId: "canary-tracking",
    messages: [{ locale: "en-US", localeOrigin: "DEFAULT", text: "canary message" }]
  }
}

const reportOf = (sandbox: Sandbox.Service, args: ReadonlyArray<string> = []) =>
  Effect.gen(function* () {
    const path = `${(yield* SecretFile.make("")).path}.json`
    const env = {
      SAIL_BASE_URL: sandbox.url,
      SAIL_CLIENT_ID: client.clientId,
      SAIL_CLIENT_SECRET: client.clientSecret
    }
    const server = yield* start(["check", "--report", path, ...args], env)
    const { code, stderr } = yield* server.ended
    const text = readFileSync(path, "utf8")
    return {
      code,
      stderr,
      path,
      text,
      report: JSON.parse(text) as Readonly<Record<string, Record<string, unknown>>>
    }
  })

describe("a report", { timeout: 60_000 }, () => {
  it.live("a report shows the tenant's answers that SailPoint does not document", () =>
    Effect.gen(function* () {
      const { code, path, report, stderr } = yield* reportOf(
        yield* Sandbox.make({ clients: [client], sources })
      )
      assert.strictEqual(code, 0)
      assert.include(stderr, `The report is in ${path}. Read it before you share it.`)
      assert.strictEqual(statSync(path).mode & 0o077, 0)
      assert.strictEqual(report["statusBySourceId"]?.["outcome"], "COMPLETED")
      assert.strictEqual(report["statusOfUnknownSourceId"]?.["outcome"], "NotFound")
      assert.strictEqual(String(report["statuses"]), "COMPLETED,")
      assert.strictEqual(report["listAll"]?.["outcome"], "2 sources")
      assert.deepInclude(report["tenant"], { domain: "another host", auth: "client credentials" })
    })
  )

  it.live("a report has no secret, host, name, ID or text of the tenant, whatever that answers", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ clients: [client], sources })
      yield* sandbox.fail({ endpoint: "status", fault: refusing, times: 99 })
      const { report, text } = yield* reportOf(sandbox)
      assert.deepStrictEqual(report["statusBySourceId"]?.["detailCode"], "another text")
      const responses = report["statusBySourceId"]?.["responses"]
      const response: unknown = Array.isArray(responses) ? responses[0] : undefined
      assert.deepInclude(response, { status: 404, mediaType: "application/json" })
      assert.include(text, "x-gateway")
      for (const hidden of [
        "canary",
        "127",
        new URL(sandbox.url).port,
        id("a"),
        id("b"),
        ...sources.map(({ id }) => id)
      ]) {
        assert.notInclude(text, hidden)
      }
    })
  )

  it.live("a report that cannot be written is a failure that names the file", () =>
    Effect.gen(function* () {
      const server = yield* start(["check", "--sandbox", "--report", "/nowhere/report.json"], {})
      const { code, stderr } = yield* server.ended
      assert.strictEqual(code, 1)
      assert.include(stderr, "The report cannot be written to /nowhere/report.json: name another file.")
    })
  )
})
