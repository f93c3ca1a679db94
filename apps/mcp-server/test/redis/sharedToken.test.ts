import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RedisServer from "../support/RedisServer.ts"
import * as Replicas from "../support/replicas.ts"

const limit = { requests: 100, per: "10 seconds" } as const

const several = (redisUrl: string) =>
  Effect.gen(function* () {
    const sandbox = yield* Replicas.sandboxWith(limit)
    const replicas = yield* Effect.all(
      Array.from({ length: 4 }, () => Replicas.start(sandbox, limit, redisUrl)),
      { concurrency: "unbounded" }
    )
    const askAll = Effect.forEach(replicas, ({ statuses }) => statuses(3), { concurrency: "unbounded" }).pipe(
      Effect.map((statuses) => statuses.flat())
    )
    return { sandbox, replicas, askAll }
  })

const TOKEN_LIFETIME_MILLIS = 749_000

describe.skipIf(RedisServer.isMissing)("servers that share a Redis", { timeout: 60_000 }, () => {
  it.live("fetch one token for all, and renew it once for all when it is refused", () =>
    Effect.gen(function* () {
      const { askAll, sandbox } = yield* several((yield* RedisServer.started()).url)
      assert.deepStrictEqual(yield* askAll, Replicas.good(12, "COMPLETED"))
      assert.deepStrictEqual(yield* Replicas.answers(sandbox, "token"), [200])
      yield* sandbox.revokeTokens
      assert.deepStrictEqual(yield* askAll, Replicas.good(12, "COMPLETED"))
      assert.deepStrictEqual(yield* Replicas.answers(sandbox, "token"), [200, 200])
    })
  )

  it.live("keep nothing secret in it, and nothing that does not end by itself", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.started()
      const { askAll, sandbox } = yield* several(redis.url)
      yield* askAll
      const tokens = (yield* sandbox.received).flatMap(({ endpoint, headers }) =>
        endpoint === "status" ? [(headers["authorization"] ?? "").replace("Bearer ", "")] : []
      )
      const [token = ""] = tokens
      assert.isAbove(token.length, 20)
      const keys = yield* redis.keys("*")
      assert.lengthOf(keys, 2)
      for (const key of keys) {
        const isToken = key.includes(":token:")
        const kept = yield* redis.command(...(isToken ? ["HGETALL", key] : ["ZRANGE", key, "0", "-1"]))
        const text = `${key} ${JSON.stringify(kept)}`
        for (const secret of [token, ...token.split("."), "sandbox-secret"]) assert.notInclude(text, secret)
        const left = Number(yield* redis.command("PTTL", key))
        assert.isAbove(left, 0)
        assert.isBelow(left, TOKEN_LIFETIME_MILLIS)
      }
    })
  )

  it.live("believe no token that was not put there by one of them", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.started()
      const { askAll, sandbox } = yield* several(redis.url)
      yield* askAll
      const [key = ""] = yield* redis.keys("*:token:*")
      yield* redis.command("HSET", key, "sealed", "bm90IHNlYWxlZCBieSBhIHJlcGxpY2EgYXQgYWxs")
      const late = yield* Replicas.start(sandbox, limit, redis.url)
      assert.deepStrictEqual(yield* late.statuses(1), ["COMPLETED"])
      assert.deepStrictEqual(yield* Replicas.answers(sandbox, "token"), [200, 200])
    })
  )

  it.live("get over one that is killed while it fetches the token for all", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.started()
      const sandbox = yield* Replicas.sandboxWith(limit)
      const victim = yield* Replicas.start(sandbox, limit, redis.url)
      const survivor = yield* Replicas.start(sandbox, limit, redis.url)
      yield* sandbox.fail({ endpoint: "token", fault: { _tag: "Delay", duration: "8 seconds" } })
      yield* victim.ask(1)
      yield* sandbox.until((received) => received.length > 0)
      const asked = yield* survivor.ask(1)
      yield* victim.kill("SIGKILL")
      assert.deepStrictEqual(yield* survivor.outcomes(asked), ["COMPLETED"])
      assert.deepStrictEqual(yield* Replicas.answers(sandbox, "token"), ["aborted", 200])
    })
  )
})
