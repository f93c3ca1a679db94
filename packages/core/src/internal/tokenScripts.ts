/**
 * The scripts of the shared token. Redis runs each as one step. Beside the token there is a lock: who has it
 * fetches a token for all.
 */
import * as Redis from "effect/persistence/Redis"

export interface Keys {
  readonly token: string
  readonly lock: string
}

/**
 * The kept token and for how many milliseconds it may still be kept; else the lock, or word that somebody else
 * has it. A kept token that was refused is dropped.
 */
export const claim = Redis.script(
  (keys: Keys, mine: { readonly refused: string; readonly id: string; readonly lockMillis: number }) => [
    keys.token,
    keys.lock,
    mine.refused,
    mine.id,
    mine.lockMillis
  ],
  {
    numberOfKeys: 2,
    lua: `
local kept = redis.call("HMGET", KEYS[1], "fingerprint", "sealed")
if kept[2] and kept[1] ~= ARGV[1] then
  return { "kept", kept[2], redis.call("PTTL", KEYS[1]) }
end
redis.call("DEL", KEYS[1])
if redis.call("SET", KEYS[2], ARGV[2], "NX", "PX", ARGV[3]) then return { "locked", "", 0 } end
return { "busy", "", 0 }
`
  }
).withReturnType<readonly [outcome: "kept" | "locked" | "busy", sealed: string, keepMillis: number]>()

/** Keeps a token, which ends by itself, and gives the lock back. */
export const keep = Redis.script(
  (
    keys: Keys,
    mine: {
      readonly id: string
      readonly fingerprint: string
      readonly sealed: string
      readonly keepMillis: number
    }
  ) => [keys.token, keys.lock, mine.id, mine.fingerprint, mine.sealed, Math.floor(mine.keepMillis)],
  {
    numberOfKeys: 2,
    lua: `
redis.call("HSET", KEYS[1], "fingerprint", ARGV[2], "sealed", ARGV[3])
redis.call("PEXPIRE", KEYS[1], ARGV[4])
if redis.call("GET", KEYS[2]) == ARGV[1] then redis.call("DEL", KEYS[2]) end
return 1
`
  }
).withReturnType<number>()

/** Gives the lock back without a token; somebody else's lock stays. */
export const unlock = Redis.script((keys: Keys, id: string) => [keys.lock, id], {
  numberOfKeys: 1,
  lua: `
if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("DEL", KEYS[1]) end
return 1
`
}).withReturnType<number>()
