/**
 * One timer for many who wait until a time of their own, where each would otherwise hold one.
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { memoize } from "effect/Function"
import { nowOf } from "./monotonicClock.ts"

interface Entry {
  /** In milliseconds of the monotonic clock. */
  readonly due: number
  readonly ring: () => void
}

/** An alarm for each clock: by another the time of who waits would come early, late or never. */
export const makeAlarms = (): ((clock: Clock.Clock) => Alarm) => memoize((clock) => new Alarm(clock))

/** Who waits has to be switched off when it has what it waited for. */
export class Alarm {
  readonly #clock: Clock.Clock
  readonly #entries = new Set<Entry>()
  #watcher: { readonly due: number; readonly fiber: Fiber.Fiber<void> } | undefined

  constructor(clock: Clock.Clock) {
    this.#clock = clock
  }

  /** Rings once at that time, unless it is switched off before. */
  set(caller: Fiber.Fiber<unknown, unknown>, entry: Entry): void {
    this.#entries.add(entry)
    if (entry.due === Infinity || (this.#watcher !== undefined && this.#watcher.due <= entry.due)) return
    this.#rest()
    const wait = Duration.millis(entry.due - nowOf(this.#clock))
    const wake = Effect.sync(() => {
      this.#watcher = undefined
      this.#ring(caller)
    })
    this.#watcher = {
      due: entry.due,
      fiber: Effect.runForkWith(caller.context)(Effect.andThen(this.#clock.sleep(wait), wake))
    }
  }

  /** Also when it has rung already. */
  off(entry: Entry): void {
    this.#entries.delete(entry)
    // A timer that nobody needs would keep the process from ending.
    if (this.#entries.size === 0) this.#rest()
  }

  #rest(): void {
    this.#watcher?.fiber.interruptUnsafe()
    this.#watcher = undefined
  }

  #ring(caller: Fiber.Fiber<unknown, unknown>): void {
    const now = nowOf(this.#clock)
    let next: Entry | undefined
    for (const entry of this.#entries) {
      if (entry.due <= now) {
        this.#entries.delete(entry)
        entry.ring()
      } else if (next === undefined || entry.due < next.due) next = entry
    }
    if (next !== undefined) this.set(caller, next)
  }
}
