import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Admission from "../../../src/http/guards/Admission.ts"

const admission = Admission.make({ running: 2, runningPerCaller: 2, perCaller: 2 })

/** Returns the refusal's status and time to wait, or "a slot" that is freed at once. */
const statusOf = ({ enter }: Admission.Admission, caller: string) =>
  Effect.match(enter(caller), {
    onFailure: ({ headers, status }) => `${status}, ${headers.get("retry-after")} s`,
    onSuccess: ({ leave }) => {
      leave()
      return "a slot"
    }
  })

describe("admission", () => {
  it.effect("a caller gets a limited number of slots in ten seconds, and more over time", () =>
    Effect.gen(function* () {
      const made = yield* admission
      for (const expected of ["a slot", "a slot", "429, 5 s"]) {
        assert.strictEqual(yield* statusOf(made, "alice"), expected)
      }
      assert.strictEqual(yield* statusOf(made, "bob"), "a slot")
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(yield* statusOf(made, "alice"), "a slot")
      yield* TestClock.adjust("4500 millis")
      assert.strictEqual(yield* statusOf(made, "alice"), "429, 1 s")
      // The refused requests occupy no slots.
      yield* made.enter("carol")
      yield* made.enter("dave")
    })
  )

  it.effect("other callers get slots when one caller has as many as it may have", () =>
    Effect.gen(function* () {
      const made = yield* Admission.make({ running: 3, runningPerCaller: 2, perCaller: 9 })
      const { enter } = made
      yield* enter("alice")
      const second = yield* enter("alice")
      assert.strictEqual(yield* statusOf(made, "alice"), "429, 5 s")
      yield* enter("bob")
      assert.strictEqual(yield* statusOf(made, "carol"), "503, 5 s")
      second.leave()
      yield* enter("alice")
    })
  )

  it.effect("every message of a batch needs a slot, and all its slots are freed at once", () =>
    Effect.gen(function* () {
      const { enter } = yield* Admission.make({ running: 9, runningPerCaller: 3, perCaller: 6 })
      const batch = yield* enter("alice")
      yield* batch.extend(2)
      assert.strictEqual((yield* Effect.flip(batch.extend(1))).status, 429)
      batch.leave()
      const next = yield* enter("alice")
      yield* next.extend(2)
      next.leave()
      assert.strictEqual((yield* Effect.flip(enter("alice"))).status, 429)
    })
  )

  it.effect("a slot is freed once, however often its request leaves", () =>
    Effect.gen(function* () {
      const { enter } = yield* admission
      const first = yield* enter("alice")
      yield* enter("bob")
      first.leave()
      first.leave()
      const third = yield* enter("carol")
      assert.strictEqual((yield* Effect.flip(enter("dave"))).status, 503)
      third.leave()
      yield* first.extend(1)
      yield* enter("dave")
    })
  )

  it.effect("callers are forgotten once after 10,000 others, so that memory is bounded", () =>
    Effect.gen(function* () {
      const made = yield* admission
      for (const expected of ["a slot", "a slot", "429, 5 s"]) {
        assert.strictEqual(yield* statusOf(made, "alice"), expected)
      }
      yield* Effect.forEach(Array.from({ length: 9_999 }), (_, n) => statusOf(made, `caller ${n}`))
      assert.strictEqual(yield* statusOf(made, "alice"), "429, 5 s")
      yield* statusOf(made, "one more")
      for (const expected of ["a slot", "a slot", "429, 5 s"]) {
        assert.strictEqual(yield* statusOf(made, "alice"), expected)
        yield* statusOf(made, "another")
      }
    })
  )
})
