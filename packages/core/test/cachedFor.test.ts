import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { cachedFor } from "../src/internal/cachedFor.ts"
import { adjustable } from "./support/spending.ts"

describe("cachedFor", () => {
  it.effect("callers share a run and, for its lifetime, its value, also after the clock is put back", () =>
    Effect.gen(function* () {
      const { clock, putBack, stall } = adjustable(yield* Clock.Clock)
      let runs = 0
      const run = Effect.suspend(() =>
        ++runs === 1 ? Effect.andThen(Effect.yieldNow, Effect.fail("first")) : Effect.succeed(runs)
      )
      const cached = yield* cachedFor(run, (exit) => Duration.seconds(Exit.isSuccess(exit) ? 5 : 0))
      const next = Effect.provideService(Effect.exit(cached), Clock.Clock, clock)
      const together = yield* Effect.all([next, next, next], { concurrency: 3 })
      assert.isTrue(together.every(Exit.isFailure))
      assert.deepStrictEqual(yield* next, Exit.succeed(2))
      putBack()
      stall(4999)
      assert.deepStrictEqual(yield* next, Exit.succeed(2))
      stall(1)
      assert.deepStrictEqual(yield* next, Exit.succeed(3))
    })
  )
})
