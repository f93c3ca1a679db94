import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RedisServer from "../support/RedisServer.ts"
import * as Replicas from "../support/replicas.ts"
import { BACK, completed, counted, GONE, logOf, warnings } from "../support/replicas.ts"

const limit = { requests: 100, per: "10 seconds" } as const

describe.skipIf(RedisServer.isMissing)("a server whose Redis goes away", { timeout: 60_000 }, () => {
  it.live("a server continues with one warning, and shares the limit again once Redis is back", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.started()
      const sandbox = yield* Replicas.sandboxWith(limit)
      const server = yield* Replicas.start(sandbox, limit, redis.url)
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      yield* redis.stop
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      yield* server.logged(GONE)
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      yield* redis.start
      yield* server.logged(BACK)
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      assert.strictEqual(yield* counted(redis), 3)
      assert.deepStrictEqual(warnings(yield* logOf(server)), [1, 1])
    })
  )

  it.live("a server answers calls that wait for a slot when Redis stops, and keeps the limit", () =>
    Effect.gen(function* () {
      const small = { requests: 5, per: "1 second" } as const
      const redis = yield* RedisServer.started()
      const sandbox = yield* Replicas.sandboxWith(small)
      const server = yield* Replicas.start(sandbox, small, redis.url)
      const asked = yield* server.ask(15)
      yield* sandbox.until((received) => received.some(({ endpoint }) => endpoint === "status"))
      yield* redis.stop
      assert.deepStrictEqual(yield* server.outcomes(asked), completed(15))
      assert.deepStrictEqual(yield* Replicas.answers(sandbox, "status"), Replicas.good(15, 200))
      assert.match(yield* logOf(server), GONE)
    })
  )

  it.live("a server starts without Redis, and shares the limit once Redis runs", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.make()
      const sandbox = yield* Replicas.sandboxWith(limit)
      const server = yield* Replicas.start(sandbox, limit, redis.url)
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      yield* redis.start
      yield* server.logged(BACK)
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      assert.lengthOf(yield* redis.keys("*v2024}:slots"), 1)
      assert.deepStrictEqual(warnings(yield* logOf(server)), [1, 1])
    })
  )

  it.live("a server answers calls and ends while Redis hangs", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.started()
      const sandbox = yield* Replicas.sandboxWith(limit)
      const server = yield* Replicas.start(sandbox, limit, redis.url)
      assert.deepStrictEqual(yield* server.statuses(1), completed(1))
      yield* redis.hang
      assert.deepStrictEqual(yield* server.statuses(3), completed(3))
      assert.deepStrictEqual(warnings(yield* logOf(server)), [1, 0])
    })
  )

  it.live("a server logs the error of a wrong password once, and never the password", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.started({ password: "right" })
      const sandbox = yield* Replicas.sandboxWith(limit)
      const wrong = yield* Replicas.start(sandbox, limit, redis.url.replace("right", "canary"))
      assert.deepStrictEqual(yield* wrong.statuses(3), completed(3))
      const stderr = yield* logOf(wrong)
      assert.deepStrictEqual(warnings(stderr), [1, 0])
      assert.include(stderr, "WRONGPASS")
      assert.notInclude(stderr, "canary")
      assert.lengthOf(yield* redis.keys("*"), 0)
    })
  )
})
