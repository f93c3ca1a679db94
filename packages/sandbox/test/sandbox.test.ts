import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Sandbox from "../src/Sandbox.ts"
import * as Source from "../src/Source.ts"
import { askStatus, askToken, authorize, GOOD_CSV, isPending, send, statusPath } from "./support/tenant.ts"

describe("a sandbox", () => {
  it.effect("listens on loopback only, on a port of its own", () =>
    Effect.gen(function* () {
      const one = yield* Sandbox.make()
      const other = yield* Sandbox.make()

      assert.match(one.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/u)
      assert.match(other.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/u)
      assert.notStrictEqual(one.url, other.url)
    })
  )

  it.effect("fails with a ServeError when its port is taken", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox.make()

      const failed = yield* Effect.flip(Sandbox.make({ port: Number(new URL(url).port) }))

      assert.strictEqual(failed._tag, "ServeError")
    })
  )

  it.effect("is there as a layer, and gone when the layer is", () =>
    Effect.gen(function* () {
      const url = yield* Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        assert.strictEqual((yield* askToken(sandbox)).status, 200)
        return sandbox.url
      }).pipe(Effect.provide(Sandbox.layer()))

      const failed = yield* Effect.flip(send(url))

      assert.strictEqual(failed._tag, "NoAnswer")
    })
  )

  it.effect("ends at once although a client still waits for an answer", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const sandbox = yield* Scope.provide(Sandbox.make(), scope)
      const headers = yield* authorize(sandbox)
      const asking = yield* Effect.forkChild(Effect.flip(askStatus(sandbox, "Silent", headers)))
      yield* sandbox.until((received) => received.some(({ endpoint }) => endpoint === "status"))

      yield* Scope.close(scope, Exit.void)

      assert.strictEqual((yield* Fiber.join(asking))._tag, "NoAnswer")
    })
  )

  it.effect("knows the clients that it was given, and no others", () =>
    Effect.gen(function* () {
      const own = {
        clientId: "own",
        clientSecret: "s",
        scopes: ["idn:nelm:read"],
        lifetime: "1 minute"
      } as const
      const sandbox = yield* Sandbox.make({ clients: [own] })
      const form = { grant_type: "client_credentials", client_id: "own", client_secret: "s" }

      const granted = yield* askToken(sandbox, form)
      const refused = yield* askToken(sandbox)

      assert.strictEqual((granted.json() as { readonly expires_in: number }).expires_in, 60)
      assert.strictEqual(refused.status, 401)
    })
  )

  it.effect("takes an upload to a source that it does not have as a mistake of the test", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()

      const exit = yield* Effect.exit(sandbox.upload("f".repeat(32), GOOD_CSV))

      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    })
  )
})

describe("the record of requests", () => {
  it.effect("has every request in the order it came: what it was, when, and what it got", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const path = statusPath(Source.named("Done").sourceId)
      const headers = yield* authorize(sandbox)
      yield* TestClock.adjust("3 seconds")
      yield* send(`${sandbox.url}${path}`, { headers: { ...headers, "x-request": "mine" } })
      yield* TestClock.adjust("4 seconds")
      yield* send(`${sandbox.url}/v2024/non-employee-sources?limit=1`)
      yield* send(`${sandbox.url}/nowhere`, { method: "PUT" })

      const received = yield* sandbox.received

      assert.deepStrictEqual(
        received.map(({ at, endpoint, method, outcome, path }) => ({ endpoint, method, path, at, outcome })),
        [
          { endpoint: "token", method: "POST", path: "/oauth/token", at: 0, outcome: 200 },
          { endpoint: "status", method: "GET", path, at: 3_000, outcome: 200 },
          {
            endpoint: "sources",
            method: "GET",
            path: "/v2024/non-employee-sources?limit=1",
            at: 7_000,
            outcome: 401
          },
          { endpoint: "unknown", method: "PUT", path: "/nowhere", at: 7_000, outcome: 404 }
        ]
      )
      assert.include(received[1]?.headers, { ...headers, "x-request": "mine" })
    })
  )

  it.effect("that someone got does not change afterwards", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const before = yield* sandbox.received

      yield* askToken(sandbox)

      assert.lengthOf(before, 0)
      assert.lengthOf(yield* sandbox.received, 1)
    })
  )

  it.effect("keeps the newest requests only, so that it does not grow over days", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make({ maxReceived: 3 })

      for (const path of ["/1", "/2", "/3", "/4", "/5"]) yield* send(`${sandbox.url}${path}`)

      assert.deepStrictEqual(
        (yield* sandbox.received).map(({ path }) => path),
        ["/3", "/4", "/5"]
      )
    })
  )

  it.effect("can be waited for", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      const waiting = yield* Effect.forkChild(
        sandbox.until((received) => received.filter(({ outcome }) => outcome === 200).length === 2)
      )

      yield* askToken(sandbox)
      const early = yield* isPending(sandbox, waiting)
      yield* askToken(sandbox)
      const received = yield* Fiber.join(waiting)

      assert.isTrue(early)
      assert.deepStrictEqual(
        received.map(({ outcome }) => outcome),
        [200, 404, 200]
      )
    })
  )

  it.effect("that is already as wanted is not waited for", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.make()
      yield* askToken(sandbox)

      const received = yield* sandbox.until((received) => received.length === 1)

      assert.lengthOf(received, 1)
    })
  )
})
