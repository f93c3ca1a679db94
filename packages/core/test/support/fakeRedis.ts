/** A Redis that is told how to answer; it runs no scripts. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Replicas from "../../src/Replicas.ts"

/** The answer to a script, which is told by its text, with its keys and arguments. */
export type Answer = (lua: string, params: ReadonlyArray<string>) => Effect.Effect<unknown, Redis.RedisError>

export const failure = (message: string) => Effect.fail(new Redis.RedisError({ cause: new Error(message) }))

/** What is shared through it. */
export const replicas = (answer: Answer): Layer.Layer<Replicas.Replicas> => {
  const none = failure("not here")
  const redis = Redis.make({
    send: <A>(command: string, ...args: ReadonlyArray<string>) => {
      const [lua = "", , ...params] = command === "SCRIPT" ? args.slice(1) : args
      // A script's text stands for its hash.
      return (command === "SCRIPT" ? Effect.succeed(lua) : answer(lua, params)) as Effect.Effect<
        A,
        Redis.RedisError
      >
    },
    connect: none,
    subscribe: () => none
  })
  return Replicas.layer.pipe(Layer.provide(Layer.effect(Redis.Redis, redis)))
}
