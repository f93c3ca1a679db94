import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Admission from "../../../src/http/guards/Admission.ts"

const admission = Admission.make({ running: 2, perCaller: 2 })

/** The status of the refusal, or that there was none; the place is given back at once. */
const statusOf = ({ enter }: Admission.Admission, caller: string) =>
  Effect.match(enter(caller), {
    onFailure: ({ status }) => status,
    onSuccess: ({ leave }) => {
      leave()
      return "a place"
    }
  })

describe("admission", () => {
  it.effect("gives a caller so many places in ten seconds, and more as time goes by", () =>
    Effect.gen(function* () {
      const made = yield* admission
      for (const expected of ["a place", "a place", 429]) {
        assert.strictEqual(yield* statusOf(made, "alice"), expected)
      }
      assert.strictEqual(yield* statusOf(made, "bob"), "a place")
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* statusOf(made, "alice"), "a place")
      assert.strictEqual(yield* statusOf(made, "alice"), 429)
    })
  )

  it.effect("gives a place back once, however often it is left", () =>
    Effect.gen(function* () {
      const { enter } = yield* admission
      const first = yield* enter("alice")
      yield* enter("bob")
      first.leave()
      first.leave()
      yield* enter("carol")
      assert.strictEqual((yield* Effect.flip(enter("dave"))).status, 503)
    })
  )

  it.effect("does not remember callers without end", () =>
    Effect.gen(function* () {
      const made = yield* admission
      for (const expected of ["a place", "a place", 429]) {
        assert.strictEqual(yield* statusOf(made, "alice"), expected)
      }
      yield* Effect.forEach(Array.from({ length: 10_000 }), (_, n) => statusOf(made, `caller ${n}`))
      assert.strictEqual(yield* statusOf(made, "alice"), "a place")
    })
  )
})
