/**
 * The scripts of the shared rate limit; Redis runs each as one step. Effect's `RateLimiterRedis` lacks such scripts: its
 * windows and buckets let up to twice the limit through.
 *
 * The slots of a key are a sorted set: a member is a request, its score the time when the slot is free again, in
 * milliseconds of Redis' clock.
 */
import * as Redis from "effect/persistence/Redis"
import type { Answer } from "./requestQueue.ts"

export interface Keys {
  readonly slots: string
  readonly backOff: string
}

/** `put` adds a slot. The set outlives this slot and all slots with longer leases. */
const SLOTS = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function put(key, id, millis)
  redis.call("ZADD", key, now + millis, id)
  if redis.call("PTTL", key) < millis then redis.call("PEXPIRE", key, millis) end
end
`

/**
 * Takes a slot, or returns the least number of milliseconds until one is free or the back-off is over. A running request
 * can free its slot one window from now, whatever its lease.
 */
export const take = Redis.script(
  (
    keys: Keys,
    slot: { readonly id: string; readonly limit: number; readonly window: number; readonly lease: number }
  ) => [keys.slots, keys.backOff, slot.id, slot.limit, Math.ceil(slot.window), Math.ceil(slot.lease)],
  {
    numberOfKeys: 2,
    lua: `${SLOTS}
local id, limit, window, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local backOff = redis.call("PTTL", KEYS[2])
if backOff > 0 then return { "backOff", backOff } end

redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
if redis.call("ZCARD", KEYS[1]) < limit then
  put(KEYS[1], id, lease)
  return { "taken", 0 }
end
local first = redis.call("ZRANGE", KEYS[1], 0, 0, "WITHSCORES")
return { "full", math.max(1, math.min(tonumber(first[2]) - now, window)) }
`
  }
).withReturnType<Answer>()

/**
 * Frees the slot of an ended request one window and a millisecond from now, because times are cut to whole milliseconds.
 * Adds the slot if its lease has ended, because the request was sent.
 */
export const leave = Redis.script(
  (keys: Keys, slot: { readonly id: string; readonly window: number }) => [
    keys.slots,
    slot.id,
    Math.ceil(slot.window) + 1
  ],
  {
    numberOfKeys: 1,
    lua: `${SLOTS}
put(KEYS[1], ARGV[1], tonumber(ARGV[2]))
return 1
`
  }
).withReturnType<number>()

export const giveBack = Redis.script((keys: Keys, id: string) => [keys.slots, id], {
  numberOfKeys: 1,
  lua: `return redis.call("ZREM", KEYS[1], ARGV[1])`
}).withReturnType<number>()

/** Starts a back-off of all processes, unless a longer one runs. */
export const backOff = Redis.script((keys: Keys, millis: number) => [keys.backOff, Math.ceil(millis)], {
  numberOfKeys: 1,
  lua: `
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[1]) then
  redis.call("SET", KEYS[1], "1", "PX", ARGV[1])
end
return 1
`
}).withReturnType<number>()
