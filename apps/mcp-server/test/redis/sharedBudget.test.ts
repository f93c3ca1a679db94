import { assert, describe, it } from "@effect/vitest"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Effect from "effect/Effect"
import * as RedisServer from "../support/RedisServer.ts"
import * as Replicas from "../support/replicas.ts"

describe.skipIf(RedisServer.isMissing)("servers that share a Redis", { timeout: 60_000 }, () => {
  it.live("servers that share a Redis stay within one limit, so that SailPoint never answers 429", () =>
    Effect.gen(function* () {
      const limit = { requests: 20, per: "1 second" } as const
      const redis = yield* RedisServer.started()
      const sandbox = yield* Replicas.sandboxWith(limit)
      const replicas = yield* Effect.all(
        Array.from({ length: 4 }, () => Replicas.start(sandbox, limit, redis.url)),
        { concurrency: "unbounded" }
      )
      const calls = replicas.map(({ statuses }) => statuses(30))
      const statuses = yield* Effect.all(calls, { concurrency: "unbounded" })
      assert.deepStrictEqual(statuses.flat(), Replicas.completed(120))
      assert.deepStrictEqual(yield* Replicas.answers(sandbox, "status"), Replicas.good(120, 200))
    })
  )

  it.live("a server continues at the full limit after another server with waiting requests is killed", () =>
    Effect.gen(function* () {
      const limit = { requests: 5, per: "2 seconds" } as const
      const redis = yield* RedisServer.started()
      const sandbox = yield* Replicas.sandboxWith(limit)
      const victim = yield* Replicas.start(sandbox, limit, redis.url)
      const survivor = yield* Replicas.start(sandbox, limit, redis.url)
      const [first = 0] = yield* victim.ask(40)
      yield* victim.answer(first)
      yield* sandbox.until((received) => received.filter(({ outcome }) => outcome === 200).length > 5)
      yield* victim.kill("SIGKILL")
      assert.strictEqual((yield* victim.ended).signal, "SIGKILL")
      assert.isAtMost(yield* Replicas.counted(redis), limit.requests)
      assert.deepStrictEqual(yield* survivor.statuses(10), Replicas.completed(10))
      assert.notInclude(yield* Replicas.answers(sandbox, "status"), 429)
    })
  )

  it.live("all servers back off after a 429 to one of them", () =>
    Effect.gen(function* () {
      const limit = { requests: 20, per: "1 second" } as const
      const redis = yield* RedisServer.started()
      const sandbox = yield* Replicas.sandboxWith(limit)
      const one = yield* Replicas.start(sandbox, limit, redis.url)
      const other = yield* Replicas.start(sandbox, limit, redis.url)
      yield* sandbox.fail({ endpoint: "status", fault: Fault.rateLimited("300") })
      assert.deepStrictEqual(yield* one.statuses(1), ["RateLimited"])
      assert.deepStrictEqual(yield* other.statuses(3), Replicas.good(3, "RateLimited"))
      assert.deepStrictEqual(yield* Replicas.answers(sandbox, "status"), [429])
    })
  )

  it.live("each server fetches a token, and Redis holds no secret and no key without an expiry", () =>
    Effect.gen(function* () {
      const limit = { requests: 100, per: "10 seconds" } as const
      const redis = yield* RedisServer.started()
      const sandbox = yield* Replicas.sandboxWith(limit)
      const replicas = [
        yield* Replicas.start(sandbox, limit, redis.url),
        yield* Replicas.start(sandbox, limit, redis.url)
      ]
      for (const { statuses } of replicas) assert.deepStrictEqual(yield* statuses(3), Replicas.completed(3))
      assert.deepStrictEqual(yield* Replicas.answers(sandbox, "token"), [200, 200])
      const tokens = (yield* sandbox.received).flatMap(({ endpoint, headers }) =>
        endpoint === "status" ? [(headers["authorization"] ?? "").replace("Bearer ", "")] : []
      )
      assert.isAbove(tokens[0]?.length ?? 0, 20)
      const keys = yield* redis.keys("*")
      assert.lengthOf(keys, 2)
      for (const key of keys) {
        const kept = `${key} ${JSON.stringify(yield* redis.command("ZRANGE", key, "0", "-1"))}`
        for (const secret of [...tokens, "sandbox-secret"]) assert.notInclude(kept, secret)
        const left = Number(yield* redis.command("PTTL", key))
        assert.isAbove(left, 0)
        assert.isAtMost(left, 60_000)
      }
    })
  )
})
