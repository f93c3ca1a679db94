import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redis from "effect/persistence/Redis"
import * as Redacted from "effect/Redacted"
import * as RedisClient from "../../src/redis/RedisClient.ts"
import * as RedisServer from "../support/RedisServer.ts"

describe.skipIf(RedisServer.isMissing)("the Redis client", { timeout: 60_000 }, () => {
  it.live("the Redis client disconnects if the fiber that uses it is interrupted", () =>
    Effect.gen(function* () {
      const redis = yield* RedisServer.started()
      /** The number of connections, with that of the command itself. */
      const connections = Effect.map(
        redis.command("CLIENT", "LIST"),
        (list) => String(list).match(/^id=/gmu)?.length
      )
      const isUsed = yield* Deferred.make<void>()
      const user = yield* Effect.flatMap(Redis.Redis, ({ send }) => send("PING")).pipe(
        Effect.andThen(Deferred.succeed(isUsed, undefined)),
        Effect.andThen(Effect.never),
        Effect.provide(RedisClient.layer(Redacted.make(redis.url))),
        Effect.forkChild
      )
      yield* Effect.raceFirst(Deferred.await(isUsed), Fiber.join(user))
      assert.strictEqual(yield* connections, 2)
      yield* Fiber.interrupt(user)
      yield* Effect.repeat(connections, { until: (count) => count === 1 })
    })
  )
})
