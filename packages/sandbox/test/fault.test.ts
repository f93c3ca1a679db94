import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Fault from "../src/Fault.ts"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, askToken, authorize, isPending, send } from "./support/tenant.ts"

const respond = (status: number): Fault.Fault => ({ _tag: "Respond", status })

describe("a planned answer", () => {
  const json = "application/json"
  const html = "text/html"
  const limit = `{"message":" Rate Limit Exceeded "}`
  const page = "<html><head><title>504</title></head><body><h1>Upstream unavailable</h1></body></html>"
  const answers: ReadonlyArray<readonly [string, Fault.Fault, readonly [number, string | null, string]]> = [
    ["a status alone", respond(503), [503, null, ""]],
    ["no content", respond(204), [204, null, ""]],
    ["a value", { _tag: "Respond", status: 200, body: { status: "X" } }, [200, json, `{"status":"X"}`]],
    ["null", { _tag: "Respond", status: 200, body: null }, [200, json, "null"]],
    ["garbage", { _tag: "Respond", status: 200, body: "{{" }, [200, json, "{{"]],
    ["an empty text", { _tag: "Respond", status: 500, body: "" }, [500, json, ""]],
    ["a gateway's page", Fault.gatewayPage(504), [504, html, page]],
    ["a rate limit", Fault.rateLimited("7"), [429, json, limit]],
    ["an oversized body", Fault.oversized(3), [200, json, `{"status":"COMPLETED","padding":"xxx"}`]]
  ]

  it.effect.each(answers)("can be %s", ([, fault, [status, contentType, text]]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.fail({ endpoint: "status", fault })

      const answered = yield* askStatus(sandbox, "Done", headers)

      assert.strictEqual(answered.status, status)
      assert.strictEqual(answered.headers.get("content-type"), contentType)
      assert.strictEqual(answered.text, text)
    })
  )

  const retryAfters = ["0", "7", "99999999999", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", undefined]

  it.effect.each(retryAfters)("carries Retry-After %s as it was given", (retryAfter) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "token", fault: Fault.rateLimited(retryAfter) })

      const answered = yield* askToken(sandbox)

      assert.strictEqual(answered.headers.get("retry-after"), retryAfter ?? null)
    })
  )

  it.effect("comes before the sandbox looks at the token", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault: respond(503) })

      const answered = yield* askStatus(sandbox, "Done", {})

      assert.strictEqual(answered.status, 503)
    })
  )
})

describe("planned faults", () => {
  it.effect("strike once, unless told how many times", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.fail({ endpoint: "status", fault: respond(500) })
      yield* sandbox.fail({ endpoint: "status", fault: respond(503), times: 2 })

      const seen = yield* Effect.replicateEffect(askStatus(sandbox, "Done", headers), 4)

      assert.deepStrictEqual(
        seen.map(({ status }) => status),
        [500, 503, 503, 200]
      )
    })
  )

  const endpoints = [
    { endpoint: "token", answers: { token: 500, sources: 200, status: 200 } },
    { endpoint: "sources", answers: { token: 200, sources: 500, status: 200 } },
    { endpoint: "status", answers: { token: 200, sources: 200, status: 500 } }
  ] as const

  it.effect.each(endpoints)("for $endpoint wait until it is asked, and spare the others", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.fail({ endpoint: row.endpoint, fault: respond(500) })

      const unknown = yield* send(`${sandbox.url}/unknown`)
      const status = yield* askStatus(sandbox, "Done", headers)
      const sources = yield* send(`${sandbox.url}/v2024/non-employee-sources`, { headers })
      const token = yield* askToken(sandbox)

      assert.strictEqual(unknown.status, 404)
      assert.deepStrictEqual(
        { token: token.status, sources: sources.status, status: status.status },
        row.answers
      )
    })
  )
})

describe("a delay", () => {
  const delays: ReadonlyArray<{ readonly next?: Fault.Fault; readonly status: number }> = [
    { status: 200 },
    { next: respond(503), status: 503 },
    { next: { _tag: "Delay", duration: 0, next: respond(502) }, status: 502 }
  ]

  it.effect.each(delays)("holds the answer back for its time, then lets $status through", (row) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      const { status, ...next } = row
      yield* sandbox.fail({ endpoint: "status", fault: { _tag: "Delay", duration: "30 seconds", ...next } })
      const asking = yield* Effect.forkChild(askStatus(sandbox, "Done", headers))
      yield* sandbox.until((received) => received.some(({ endpoint }) => endpoint === "status"))

      yield* TestClock.adjust("29999 millis")
      const waiting = yield* isPending(sandbox, asking)
      yield* TestClock.adjust("1 millis")
      const answered = yield* Fiber.join(asking)

      assert.isTrue(waiting)
      assert.strictEqual(answered.status, status)
    })
  )
})

describe("a source's own fault", () => {
  it.effect("strikes every time", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const seen = yield* Effect.replicateEffect(askStatus(sandbox, "Gateway", headers), 3)

      assert.deepStrictEqual(
        seen.map(({ status }) => status),
        [502, 502, 502]
      )
    })
  )

  it.effect("of every second request starts with the first, counted per source", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)

      const seen = yield* Effect.forEach(["Busy", "Busy", "Busy", "Unwell", "Unwell", "Busy"], (name) =>
        askStatus(sandbox, name, headers)
      )

      assert.deepStrictEqual(
        seen.map(({ status }) => status),
        [429, 200, 429, 500, 200, 200]
      )
    })
  )

  it.effect("gives way to a planned one", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const headers = yield* authorize(sandbox)
      yield* sandbox.fail({ endpoint: "status", fault: respond(503) })

      const seen = yield* Effect.replicateEffect(askStatus(sandbox, "Busy", headers), 3)

      assert.deepStrictEqual(
        seen.map(({ status }) => status),
        [503, 429, 200]
      )
    })
  )

  it("is asked for by a name that exists, or the names are told", () => {
    assert.throws(
      () => Source.named("Nowhere"),
      /no seeded source named "Nowhere"; there are: Contractors, /u
    )
  })
})
