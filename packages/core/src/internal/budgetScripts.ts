/**
 * The scripts of the shared budget. Redis runs each as one step. The places of a key are a sorted set: a
 * member is a request, its score when the place is free again, in milliseconds of Redis' clock.
 */
import * as Redis from "effect/persistence/Redis"

export interface Keys {
  readonly places: string
  readonly pause: string
}

const NOW = `
local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/**
 * Takes a place, or says how long it takes at the least until one is free or the pause is over. A request that is
 * on its way frees its place no sooner than a window from now, however long its lease still is.
 */
export const take = Redis.script(
  (
    keys: Keys,
    place: { readonly id: string; readonly limit: number; readonly window: number; readonly lease: number }
  ) => [keys.places, keys.pause, place.id, place.limit, place.window, place.lease],
  {
    numberOfKeys: 2,
    lua: `${NOW}
local id, limit, window, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local paused = redis.call("PTTL", KEYS[2])
if paused > 0 then return { "paused", paused } end

redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
if redis.call("ZCARD", KEYS[1]) < limit then
  redis.call("ZADD", KEYS[1], now + lease, id)
  redis.call("PEXPIRE", KEYS[1], lease)
  return { "taken", 0 }
end
local first = redis.call("ZRANGE", KEYS[1], 0, 0, "WITHSCORES")
return { "full", math.max(1, math.min(tonumber(first[2]) - now, window)) }
`
  }
).withReturnType<readonly [outcome: "taken" | "full" | "paused", waitMillis: number]>()

/**
 * The request has ended: its place is free one window from now, and a millisecond, because times are cut to
 * whole ones. Also when the place is not known any more: the request was sent all the same.
 */
export const leave = Redis.script(
  (keys: Keys, place: { readonly id: string; readonly window: number; readonly lease: number }) => [
    keys.places,
    place.id,
    place.window,
    place.lease
  ],
  {
    numberOfKeys: 1,
    lua: `${NOW}
redis.call("ZADD", KEYS[1], now + ARGV[2] + 1, ARGV[1])
return redis.call("PEXPIRE", KEYS[1], ARGV[3])
`
  }
).withReturnType<number>()

/** The request was never sent. */
export const giveBack = Redis.script((keys: Keys, id: string) => [keys.places, id], {
  numberOfKeys: 1,
  lua: `return redis.call("ZREM", KEYS[1], ARGV[1])`
}).withReturnType<number>()

/** Nobody takes a place for so long; a pause that lasts longer already stays. */
export const pause = Redis.script((keys: Keys, millis: number) => [keys.pause, Math.ceil(millis)], {
  numberOfKeys: 1,
  lua: `
if redis.call("PTTL", KEYS[1]) < tonumber(ARGV[1]) then
  redis.call("SET", KEYS[1], "1", "PX", ARGV[1])
end
return 1
`
}).withReturnType<number>()
