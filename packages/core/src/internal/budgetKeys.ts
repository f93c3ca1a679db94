import * as Effect from "effect/Effect"
import type * as Redis from "effect/persistence/Redis"
import * as Scripts from "./budgetScripts.ts"

/** The braces keep both keys on one node of a Redis cluster. */
export const keysOf = (key: string): Scripts.Keys => ({
  slots: `sailpoint-bulk-upload:budget:{${key}}:slots`,
  backOff: `sailpoint-bulk-upload:budget:{${key}}:back-off`
})

/** Takes a slot that no request uses, and frees it. */
export const probe = (redis: Redis.Redis["Service"]): Effect.Effect<unknown, Redis.RedisError> =>
  Effect.andThen(
    redis.eval(Scripts.take)(keysOf("probe"), { id: "probe", limit: 1, window: 1, lease: 1 }),
    redis.eval(Scripts.giveBack)(keysOf("probe"), "probe")
  )
