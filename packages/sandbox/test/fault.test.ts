import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Fault from "../src/Fault.ts"
import * as Sandbox from "../src/Sandbox.ts"
import { askStatus, assertStatuses, askToken, forkStatus, isPending, send, start } from "./support/tenant.ts"

const respond = (status: number, body?: unknown): Fault.Fault => ({
  _tag: "Respond",
  status,
  ...(body === undefined ? {} : { body })
})

const delayed = (next: Fault.Fault): Fault.Fault => ({ _tag: "Delay", duration: "1 second", next })

describe("a planned answer", () => {
  const json = "application/json"
  const limit = `{"message":" Rate Limit Exceeded "}`
  const page = "<html><head><title>504</title></head><body><h1>Upstream unavailable</h1></body></html>"
  const answers: ReadonlyArray<readonly [string, Fault.Fault, readonly [number, string | null, string]]> = [
    ["a status alone", respond(503), [503, null, ""]],
    ["a value", respond(200, { status: "X" }), [200, json, `{"status":"X"}`]],
    ["null", respond(200, null), [200, json, "null"]],
    ["garbage", respond(200, "{{"), [200, json, "{{"]],
    ["a gateway's page", Fault.gatewayPage(504), [504, "text/html", page]],
    ["a rate limit", Fault.rateLimited("7"), [429, json, limit]],
    ["an oversized body", Fault.oversized(3), [200, json, `{"status":"COMPLETED","padding":"xxx"}`]]
  ]

  it.effect.each(answers)("an answer can be %s without a token", ([, fault, [status, contentType, text]]) =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* sandbox.fail({ endpoint: "status", fault })

      const answered = yield* askStatus(sandbox, "Done", {})

      assert.strictEqual(answered.status, status)
      assert.strictEqual(answered.headers.get("content-type"), contentType)
      assert.strictEqual(answered.text, text)
    })
  )
})

describe("planned faults", () => {
  it.effect("faults happen in the planned order, once or as often as given, before those of the source", () =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      yield* sandbox.fail({ endpoint: "status", fault: respond(500) })
      yield* sandbox.fail({ endpoint: "status", fault: respond(503), times: 2 })

      const seen = yield* Effect.replicateEffect(askStatus(sandbox, "Busy", headers), 5)

      assertStatuses(seen, [500, 503, 503, 429, 200])
    })
  )

  it.effect.each(["token", "sources", "status"] as const)("faults for %s spare other calls", (endpoint) =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      yield* sandbox.fail({ endpoint, fault: respond(500) })

      const unknown = yield* send(`${sandbox.url}/unknown`)
      const status = yield* askStatus(sandbox, "Done", headers)
      const sources = yield* send(`${sandbox.url}/v2024/non-employee-sources`, { headers })
      const token = yield* askToken(sandbox)

      assert.strictEqual(unknown.status, 404)
      assert.deepStrictEqual(
        { token: token.status, sources: sources.status, status: status.status },
        { token: 200, sources: 200, status: 200, [endpoint]: 500 }
      )
    })
  )

  const delays: ReadonlyArray<readonly [name: string, status: number, fault?: Fault.Fault]> = [
    ["Slow", 200],
    ["Done", 502, delayed(delayed(respond(502)))]
  ]

  it.effect.each(delays)("a fault can delay the answer of %s with %d", ([name, status, fault]) =>
    Effect.gen(function* () {
      const { headers, sandbox } = yield* start()
      if (fault !== undefined) yield* sandbox.fail({ endpoint: "status", fault })
      const asking = yield* forkStatus(sandbox, name, headers)

      yield* TestClock.adjust("1999 millis")
      const waiting = yield* isPending(sandbox, asking)
      yield* TestClock.adjust("1 millis")

      assert.isTrue(waiting)
      assert.strictEqual((yield* Fiber.join(asking)).status, status)
    })
  )
})
