/** A Redis with scripted answers. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as LuaRedis from "../../../../soak/src/interleavings/LuaRedis.ts"
import * as Scripts from "../../src/internal/budgetScripts.ts"

/** Answers a script, given its text, its keys and arguments, and its keys alone. */
export type Answer = (
  lua: string,
  params: ReadonlyArray<string>,
  keys: ReadonlyArray<string>
) => Effect.Effect<unknown, Redis.RedisError>

export const failure = (message: string) => Effect.fail(new Redis.RedisError({ cause: new Error(message) }))

export const fakeRedis = (answer: Answer): Layer.Layer<Redis.Redis> => {
  const none = failure("not here")
  const redis = Redis.make({
    send: <A>(command: string, ...args: ReadonlyArray<string>) => {
      const [lua = "", count, ...params] = command === "SCRIPT" ? args.slice(1) : args
      // A script's text replaces its hash.
      return (
        command === "SCRIPT" ? Effect.succeed(lua) : answer(lua, params, params.slice(0, Number(count)))
      ) as Effect.Effect<A, Redis.RedisError>
    },
    connect: none,
    subscribe: () => none
  })
  return Layer.effect(Redis.Redis, redis)
}

/** The name of a script. */
export const scriptName = (lua: string): string =>
  Object.entries(Scripts).find(([, script]) => script.lua === lua)?.[0] ?? "other"

/** The scripts of the rate limit in a simulated Redis, on the test clock. */
export const limitScripts = () => {
  const store = LuaRedis.make()
  const run = (lua: string, keys: ReadonlyArray<string>, args: ReadonlyArray<string>) =>
    Effect.map(Clock.currentTimeMillis, (now) => store.run(lua, keys, args, now))
  const answer: Answer = (lua, params, keys) => run(lua, keys, params.slice(keys.length))
  return {
    answer,
    forget: store.clear,
    held: (key: string) => run(`return redis.call("ZCARD", KEYS[1])`, [key], [])
  }
}
