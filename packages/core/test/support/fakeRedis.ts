/** A Redis with scripted answers, and the scripts of the rate limit in TypeScript. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
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

/** The scripts of the rate limit, on the test clock. The server's tests run them in a real Redis. */
export const limitScripts = () => {
  const keys = new Map<string, Map<string, number>>()
  const backOffs = new Map<string, number>()
  const at = (key = "") => {
    const slots = keys.get(key) ?? new Map<string, number>()
    keys.set(key, slots)
    return slots
  }
  const answer: Answer = (lua, [key = "", ...params]) =>
    Effect.map(Clock.currentTimeMillis, (now): unknown => {
      const slots = at(key)
      const [first = "", second = ""] = params
      switch (scriptName(lua)) {
        case "take": {
          const [id = "", limit, window, lease] = params.slice(1)
          const backOff = (backOffs.get(first) ?? 0) - now
          if (backOff > 0) return ["backOff", backOff]
          for (const [id, until] of slots) if (until <= now) slots.delete(id)
          if (slots.size >= Number(limit)) {
            return ["full", Math.max(1, Math.min(Math.min(...slots.values()) - now, Number(window)))]
          }
          slots.set(id, now + Number(lease))
          return ["taken", 0]
        }
        case "leave":
          return void slots.set(first, now + Number(second))
        case "giveBack":
          return void slots.delete(first)
        case "backOff":
          return void backOffs.set(key, Math.max(backOffs.get(key) ?? 0, now + Number(first)))
        default:
          return "OK"
      }
    })
  return {
    answer,
    /** The slots of all keys. */
    held: () => [...keys.values()].reduce((held, { size }) => held + size, 0),
    forget: () => keys.clear()
  }
}
