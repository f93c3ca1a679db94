/**
 * Processes that share a simulated Redis. The server's tests run the scripts in a real one, and the exploration of
 * interleavings kills processes and delays Redis.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type * as RequestBudget from "../src/RequestBudget.ts"
import * as SharedBudget from "../src/SharedBudget.ts"
import { type Answer, failure, fakeRedis, limitScripts, scriptName } from "./support/fakeRedis.ts"
import { adjustable, beginning, many, play, spending } from "./support/spending.ts"

/** The rate limit of a process that uses this Redis. */
const process = (answer: Answer, options: RequestBudget.Options = {}) =>
  Effect.flatMap(Layer.build(fakeRedis(answer)), (context) =>
    Effect.provide(SharedBudget.make(options), context)
  )

/** Records the scripts that reach Redis, and the keys of each. */
const noting = (answer: Answer) => {
  const reached: Array<string> = []
  const keys = new Map<string, ReadonlyArray<string>>()
  const noted: Answer = (lua, params, given) =>
    Effect.suspend(() => {
      reached.push(scriptName(lua))
      keys.set(scriptName(lua), given)
      return answer(lua, params, given)
    })
  return { keys, reached, noted }
}

/** Both keys of the limit are on one node of a cluster, because of the braces. */
const slots = "sailpoint-bulk-upload:budget:{key}:slots"
const backOff = "sailpoint-bulk-upload:budget:{key}:back-off"

const one = { requests: 1, per: "10 seconds" } as const
const full = Effect.succeed(["full", 400])

describe("SharedBudget", () => {
  it.effect.each([
    ["succeeds", Effect.void],
    ["fails", Effect.fail("no")],
    ["is interrupted", Effect.interrupt]
  ] as const)("a request acquires a slot before it is sent, and releases it when it %s", ([, send]) =>
    Effect.gen(function* () {
      const { noted, reached } = noting(limitScripts().answer)
      const budget = yield* process(noted)
      let before: ReadonlyArray<string> = []
      yield* Effect.exit(
        spending(budget)(
          Effect.andThen(
            Effect.sync(() => (before = [...reached])),
            send as Effect.Effect<void, string>
          )
        )
      )
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(before, ["take"])
      assert.deepStrictEqual(reached, ["take", "leave"])
    })
  )

  it.effect("waiting requests of a process request a slot again one at a time, and keep none", () =>
    Effect.gen(function* () {
      const { noted, reached } = noting(() => full)
      const budget = yield* process(noted)
      const fibers = yield* Effect.forEach([1, 2, 3], () => Effect.forkChild(spending(budget)(Effect.void)))
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual(reached, ["take", "take", "take"])
      for (const fiber of fibers) yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(reached, ["take", "take", "take"])
    })
  )

  it.effect("a request that is interrupted while it waits for Redis gives its slot back", () =>
    Effect.gen(function* () {
      const { keys, noted, reached } = noting(() => Effect.never)
      const fiber = yield* Effect.forkChild(spending(yield* process(noted))(Effect.void))
      yield* TestClock.adjust(1)
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(reached, ["take", "giveBack"])
      assert.deepStrictEqual(keys.get("giveBack"), [slots])
    })
  )

  it.effect(
    "a 429 delays the requests of all processes, and fails them at once if its wait is above the cap",
    () =>
      Effect.gen(function* () {
        const { keys, noted } = noting(limitScripts().answer)
        const options = { maxPause: "30 seconds" } as const
        const { refused, sent } = yield* play(
          [{ limited: 90_000 }, { at: 1, process: 1 }, { at: 65_000, process: 1 }],
          yield* process(noted, options),
          yield* process(noted, options)
        )
        assert.deepStrictEqual(Object.fromEntries(keys), {
          take: [slots, backOff],
          backOff: [backOff],
          leave: [slots]
        })
        assert.deepStrictEqual(refused, [[1, 89_999]])
        assert.deepStrictEqual(sent.map(beginning), [
          [0, 0],
          [2, 90_000]
        ])
      })
  )

  it.effect("without Redis, each process applies the limit and its back-offs alone", () =>
    Effect.gen(function* () {
      const budget = yield* process(() => failure("refused"), { requests: 2, per: "10 seconds" })
      const { sent } = yield* play([{ limited: 5000 }, ...[1, 2, 3, 4].map((at) => ({ at }))], budget)
      assert.deepStrictEqual(
        sent.map(({ begin }) => begin),
        [0, 5000, 10_000, 15_000, 20_000]
      )
    })
  )

  it.effect(
    "the process with fewer slots acquires the next slot, because each delays its request by 30 ms times its share of the limit",
    () =>
      Effect.gen(function* () {
        const { answer } = limitScripts()
        const three = { requests: 3, per: "10 seconds" } as const
        const script = [0, 100, 200].map((at) => ({ at, process: at === 200 ? 1 : 0 }))
        const waiting = [300, 400].map((at, process) => ({ at, process }))
        const { sent } = yield* play(
          [...script, ...waiting],
          yield* process(answer, three),
          yield* process(answer, three)
        )
        assert.deepStrictEqual(sent.map(beginning), [
          [0, 0],
          [1, 100],
          [2, 200],
          [4, 10_011],
          [3, 10_111]
        ])
      })
  )

  it.effect("a request that waits for its process holds no shared slot", () =>
    Effect.gen(function* () {
      const redis = limitScripts()
      const [first, second] = [yield* process(redis.answer, one), yield* process(redis.answer, one)]
      yield* spending(first)(Effect.void)
      yield* TestClock.adjust(1)
      // Redis was restarted without persistence: only the process itself knows of its request.
      redis.forget()
      const waiting = yield* Effect.forkChild(spending(first)(Effect.void))
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* redis.held(slots), 0)
      yield* spending(second)(Effect.void)
      yield* Fiber.interrupt(waiting)
    })
  )

  it.effect("a request holds no shared slot during a back-off that begins while it waits for Redis", () =>
    Effect.gen(function* () {
      const redis = limitScripts()
      let asked = 0
      const slow: Answer = (lua, params, keys) =>
        Effect.tap(redis.answer(lua, params, keys), () => (asked++ === 1 ? Effect.sleep(200) : Effect.void))
      const playing = yield* Effect.forkChild(
        play([{ lasts: 100, limited: 5000 }, { at: 50 }], yield* process(slow))
      )
      yield* Effect.sleep(1000)
      assert.strictEqual(yield* redis.held(slots), 1)
      const { sent } = yield* Fiber.join(playing)
      assert.deepStrictEqual(sent.map(beginning), [
        [0, 0],
        [1, 5100]
      ])
    })
  )

  it.effect("a process that stalls with a slot gives it back and acquires another", () =>
    Effect.gen(function* () {
      const { clock, stall } = adjustable(yield* Clock.Clock)
      const { answer } = limitScripts()
      const { noted, reached } = noting((lua, params, keys) =>
        Effect.tap(answer(lua, params, keys), () => Effect.sync(() => reached.length === 1 && stall(6000)))
      )
      const budget = yield* process(noted, one)
      yield* Effect.provideService(spending(budget)(Effect.void), Clock.Clock, clock)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(reached, ["take", "giveBack", "take", "leave"])
    })
  )

  it.effect.each([{ prepares: 45_000 }, { lasts: 55_000 }])(
    "no slot outlasts its lease during a request of %j",
    (slow) =>
      Effect.gen(function* () {
        const { answer } = limitScripts()
        const { sent } = yield* play(
          [{ ...slow, deadline: 60_000 }, ...many(6, { at: 10, process: 1 })],
          yield* process(answer, one),
          yield* process(answer, one)
        )
        assert.lengthOf(sent, 7)
        const waits = sent.slice(1).map(({ begin }, n) => begin - (sent[n]?.end ?? Infinity))
        assert.isAtLeast(Math.min(...waits), 10_000)
      })
  )
})
