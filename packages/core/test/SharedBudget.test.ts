/** How a process behaves towards Redis; that the scripts keep the limit is shown with a real one, by the servers' tests. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import * as Scripts from "../src/internal/budgetScripts.ts"
import * as SharedBudget from "../src/SharedBudget.ts"
import { type Answer, failure, replicas } from "./support/fakeRedis.ts"

const names = new Map(Object.entries(Scripts).map(([name, { lua }]) => [lua, name]))

/** A Redis that answers `take` so, and the scripts that reached it. */
const redis = (answerTake: Effect.Effect<unknown>) => {
  const reached: Array<string> = []
  const answer: Answer = (lua) =>
    Effect.suspend(() => {
      const name = names.get(lua) ?? "other"
      reached.push(name)
      return name === "take" ? answerTake : Effect.succeed(1)
    })
  return { reached, layer: replicas(answer) }
}

const taken = Effect.succeed(["taken", 0])

describe("SharedBudget", () => {
  it.effect(
    "a request takes a place before it is sent, and leaves it when it has ended, however it ended",
    () =>
      Effect.gen(function* () {
        for (const request of [Effect.void, Effect.ignore(Effect.fail("no"))]) {
          const { layer, reached } = redis(taken)
          const before = yield* Effect.gen(function* () {
            const { spend } = yield* SharedBudget.make()
            const before = yield* spend("key")(Effect.map(request, () => [...reached]))
            yield* TestClock.adjust(1)
            return before
          }).pipe(Effect.provide(layer))
          assert.deepStrictEqual(before, ["take"])
          assert.deepStrictEqual(reached, ["take", "leave"])
        }
      })
  )

  it.effect(
    "who waits asks again when a place is due, one of the process at a time, and holds nothing",
    () => {
      const { layer, reached } = redis(Effect.succeed(["full", 400]))
      return Effect.gen(function* () {
        const { spend } = yield* SharedBudget.make()
        const fibers = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(spend("key")(Effect.void)))
        yield* TestClock.adjust(1000)
        assert.deepStrictEqual(reached, ["take", "take", "take"])
        for (const fiber of fibers) yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(reached, ["take", "take", "take"])
      }).pipe(Effect.provide(layer))
    }
  )

  it.effect("who is interrupted while Redis is asked gives the place back, as it may have been given", () => {
    const { layer, reached } = redis(Effect.never)
    return Effect.gen(function* () {
      const { spend } = yield* SharedBudget.make()
      const fiber = yield* Effect.forkChild(spend("key")(Effect.void))
      yield* TestClock.adjust(1)
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(reached, ["take", "giveBack"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("a pause that outlasts the cap is told at once", () => {
    const { layer } = redis(Effect.succeed(["paused", 90_000]))
    return Effect.gen(function* () {
      const { spend } = yield* SharedBudget.make({ maxPause: "30 seconds" })
      const error = yield* Effect.flip(spend("key")(Effect.void))
      assert.strictEqual(error._tag, "LimitPaused")
      assert.strictEqual(Duration.toSeconds(error.remaining), 90)
    }).pipe(Effect.provide(layer))
  })

  it.effect("without Redis the process keeps to the whole limit by itself, and to its pauses", () =>
    Effect.gen(function* () {
      const begun: Array<number> = []
      const { pause, spend } = yield* SharedBudget.make({ requests: 2, per: "10 seconds" })
      yield* pause("key", Duration.seconds(5))
      for (const _ of [1, 2, 3, 4, 5]) {
        yield* Effect.forkChild(
          spend("key")(Effect.map(Clock.currentTimeMillis, (now) => void begun.push(now)))
        )
      }
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(begun, [5000, 5000, 15_000, 15_000, 25_000])
    }).pipe(Effect.provide(replicas(() => failure("refused"))))
  )
})
