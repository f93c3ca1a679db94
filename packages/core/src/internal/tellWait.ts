/** Makes a wait for a slot visible: as an event in the caller's span, a metric and a debug line. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Metrics from "../Metrics.ts"
import { now } from "./monotonicClock.ts"

/** Reports a wait that began then, in milliseconds of the monotonic clock, and has just ended. */
export const tellWait = (since: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const waited = Math.round((yield* now) - since) / 1000
    const span = yield* Effect.option(Effect.currentSpan)
    if (Option.isSome(span)) {
      span.value.event("sailpoint.budget.wait", clock.currentTimeNanosUnsafe(), {
        "sailpoint.budget.wait.duration": waited
      })
    }
    yield* Metric.update(Metrics.budgetWait, waited)
    yield* Effect.logDebug(`Waited ${waited} s for a slot in the rate limit`)
  })
