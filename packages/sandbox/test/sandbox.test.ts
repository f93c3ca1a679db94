import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { Client, Environment, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import { askToken, authorize, credentials, forkStatus, GOOD_CSV, send, statusPath } from "./support/tenant.ts"

describe("a sandbox", () => {
  it.effect("a sandbox listens on a free port of 127.0.0.1, and fails if a given port is in use", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.make()
      const other = yield* Sandbox.make()

      const failed = yield* Effect.flip(Sandbox.make({ port: Number(new URL(url).port) }))

      assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/u)
      assert.notStrictEqual(url, other.url)
      assert.strictEqual(failed._tag, "ServeError")
    })
  )

  it.effect("a sandbox lives as long as its layer, which configures only the variables of its client", () =>
    Effect.gen(function* () {
      const real = ConfigProvider.layer(ConfigProvider.fromUnknown({ SAIL_ACCESS_TOKEN: "a-real-one" }))
      const url = yield* Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        const form = {
          grant_type: "client_credentials",
          client_id: yield* Config.String("SAIL_CLIENT_ID"),
          client_secret: yield* Config.String("SAIL_CLIENT_SECRET")
        }
        assert.strictEqual(yield* Config.String("SAIL_BASE_URL"), sandbox.url)
        assert.strictEqual((yield* askToken(sandbox, form)).status, 200)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Config.String("SAIL_ACCESS_TOKEN"))))
        return sandbox.url
      }).pipe(Effect.provide(Environment.layer().pipe(Layer.provide(real))))

      assert.strictEqual((yield* Effect.flip(send(url)))._tag, "NoAnswer")
    })
  )

  it("a sandbox has the variables of another client if one is given", () => {
    const sandbox = { url: "http://127.0.0.1:1", clients: Client.seeded }

    assert.strictEqual(Environment.variables(sandbox, Client.seeded[1]).SAIL_CLIENT_ID, "sandbox-reader")
    assert.strictEqual(Environment.variables(sandbox).SAIL_CLIENT_ID, "sandbox")
  })

  it.effect("a sandbox ends at once although a client still waits for an answer", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const sandbox = yield* Scope.provide(Sandbox.make(), scope)
      const asking = yield* forkStatus(sandbox, "Silent", yield* authorize(sandbox))

      yield* Scope.close(scope, Exit.void)

      assert.strictEqual((yield* Effect.flip(Fiber.join(asking)))._tag, "NoAnswer")
    })
  )

  it.effect("a sandbox knows the given clients, and no others", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ clients: Client.seeded.slice(1, 2) })

      assert.strictEqual((yield* askToken(sandbox, credentials("sandbox-reader"))).status, 200)
      assert.strictEqual((yield* askToken(sandbox)).status, 401)
    })
  )

  it.effect("an upload to an unknown source is a defect", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const exit = yield* Effect.exit(sandbox.upload("f".repeat(32), GOOD_CSV))

      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    })
  )
})

describe("the record of requests", () => {
  it.effect("the record has the time, endpoint and outcome of each request, and does not change later", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const path = statusPath(Source.named("Done").sourceId)
      const list = "/v2024/non-employee-sources?limit=1"
      const headers = yield* authorize(sandbox)
      const before = yield* sandbox.received
      yield* TestClock.adjust("3 seconds")
      yield* send(`${sandbox.url}${path}`, { headers: { ...headers, "x-request": "mine" } })
      yield* TestClock.adjust("4 seconds")
      yield* send(`${sandbox.url}${list}`)
      yield* send(`${sandbox.url}/nowhere`, { method: "PUT" })

      const received = yield* sandbox.received

      assert.lengthOf(before, 1)
      assert.deepStrictEqual(
        received.map(({ at, endpoint, method, outcome, path }) => ({ endpoint, method, path, at, outcome })),
        [
          { endpoint: "token", method: "POST", path: "/oauth/token", at: 0, outcome: 200 },
          { endpoint: "status", method: "GET", path, at: 3_000, outcome: 200 },
          { endpoint: "sources", method: "GET", path: list, at: 7_000, outcome: 401 },
          { endpoint: "unknown", method: "PUT", path: "/nowhere", at: 7_000, outcome: 404 }
        ]
      )
      assert.include(received[1]?.headers, { ...headers, "x-request": "mine" })
    })
  )

  it.effect("the record keeps only the newest requests, so that a sandbox does not grow over days", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ maxReceived: 3 })

      for (const path of ["/1", "/2", "/3", "/4", "/5"]) yield* send(`${sandbox.url}${path}`)

      assert.deepStrictEqual(
        (yield* sandbox.received).map(({ path }) => path),
        ["/3", "/4", "/5"]
      )
    })
  )
})
