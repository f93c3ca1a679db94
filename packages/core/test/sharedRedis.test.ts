import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redis from "effect/persistence/Redis"
import * as TestClock from "effect/testing/TestClock"
import { stat } from "node:fs/promises"
import { makeSharedRedis, type SharedRedis } from "../src/internal/sharedRedis.ts"
import { type Answer, failure, fakeRedis } from "./support/fakeRedis.ts"
import { observe } from "./support/observed.ts"

class Shared extends Context.Service<Shared, SharedRedis>()("Shared") {}

const shared = Layer.effect(
  Shared,
  makeSharedRedis(({ send }) => send("PING"))
)

const script = Redis.script((text: string) => [text], {
  numberOfKeys: 0,
  lua: "the script"
}).withReturnType<string>()

/** A Redis whose answers change, the number of scripts that reached it, and its log lines by level. */
const changing = (first: Effect.Effect<unknown, Redis.RedisError>) => {
  const state = { now: first, reached: 0 }
  const answer: Answer = (lua) =>
    Effect.suspend(() => {
      if (lua === "the script") state.reached += 1
      return state.now
    })
  const [{ logs }, observed] = observe()
  const logged = (level: string) => logs.filter((line) => line.includes(`"level":"${level}"`))
  return { state, logged, layer: Layer.provideMerge(Layer.provide(shared, fakeRedis(answer)), observed) }
}

const run = Effect.flatMap(Shared, ({ run }) => run(script)("text"))

/** An old Redis repeats the arguments of a command that it does not know. */
const refusal = "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'default' 'canary'"

describe("a Redis that processes share", () => {
  it.effect(
    "a shared Redis gets no scripts after a failure until a probe succeeds, and logs each change without arguments",
    () => {
      const { layer, logged, state } = changing(Effect.delay(failure(refusal), "10 millis"))
      return Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.all([run, run, run], { concurrency: 3 }))
        yield* TestClock.adjust("10 millis")
        assert.deepStrictEqual(yield* Fiber.join(fiber), [Option.none(), Option.none(), Option.none()])
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(yield* run, Option.none())
        assert.strictEqual(state.reached, 3, "no script reaches it while it fails")
        assert.strictEqual(logged("WARN").length, 1)
        assert.include(logged("WARN").join(""), "unknown command 'HELLO'")
        assert.notInclude(logged("WARN").join(""), "canary")
        assert.strictEqual(logged("INFO").length, 0)
        state.now = Effect.succeed("yes")
        yield* TestClock.adjust("3 seconds")
        assert.deepStrictEqual(yield* run, Option.some("yes"))
        assert.deepStrictEqual([logged("WARN").length, logged("INFO").length], [1, 1])
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect.each<readonly [name: string, cause: unknown, reason: string]>([
    [
      "a code and no message",
      Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }),
      "ECONNREFUSED"
    ],
    ["neither a code nor a message", new AggregateError([]), "AggregateError"],
    ["a cause that is not an error", "canary", "unknown cause"]
  ])("the warning about a failure with %s has a reason", ([, cause, reason]) => {
    const { layer, logged } = changing(Effect.fail(new Redis.RedisError({ cause })))
    return Effect.gen(function* () {
      yield* run
      assert.include(logged("WARN").join(""), `cannot be used (${reason})`)
    }).pipe(Effect.provide(layer))
  })

  it.effect("a shared Redis that is part of a cluster gets no scripts ever again, with one warning", () => {
    const { layer, logged, state } = changing(failure("MOVED 3999 10.0.0.7:6381"))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* Effect.all([run, run]), [Option.none(), Option.none()])
      state.now = Effect.succeed("yes")
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(yield* run, Option.none())
      assert.deepStrictEqual([logged("WARN").length, logged("INFO").length, state.reached], [1, 0, 1])
      assert.include(logged("WARN").join(""), "cluster, which is not supported")
    }).pipe(Effect.provide(layer))
  })

  it.effect("a shared Redis gets no scripts if it does not answer within a second", () => {
    const { layer, logged } = changing(Effect.never)
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(run)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(fiber), Option.none())
      const [warning, ...others] = logged("WARN")
      assert.include(warning, "no answer within 1 second")
      assert.lengthOf(others, 0)
    }).pipe(Effect.provide(layer))
  })

  it.live("a shared Redis gets scripts while it answers, also during a stall of this process", () => {
    const { layer, logged } = changing(
      Effect.as(
        Effect.promise(() => stat(".")),
        "yes"
      )
    )
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(run, { startImmediately: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100)
      assert.deepStrictEqual(yield* Fiber.join(fiber), Option.some("yes"))
      assert.deepStrictEqual([logged("WARN"), logged("INFO")], [[], []])
    }).pipe(Effect.provide(layer))
  })

  it.effect("a shared Redis still gets scripts after a caller was interrupted", () => {
    const { layer, logged } = changing(Effect.never)
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(run)
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(logged("WARN"), [])
    }).pipe(Effect.provide(layer))
  })
})
