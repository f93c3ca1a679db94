/**
 * The requests of one key in FIFO order, their slots, and the back-off after a 429. All times are milliseconds of the
 * monotonic clock.
 *
 * Effect's `RateLimiter` lacks an algorithm for this: its windows and buckets let 199 requests through a limit of 100 in
 * 10 seconds, and an interrupted waiter keeps its slot.
 */
import type * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type { Limit } from "./budgetNumbers.ts"
import * as Metrics from "../Metrics.ts"
import { nowOf } from "./monotonicClock.ts"

/** The longest wait that SailPoint is known to ask for. No back-off lasts longer. */
const LONGEST_BACK_OFF = 20 * 60_000
/** The back-off after a 429 without a wait: doubled each time, reset a minute after the last has ended. */
const FIRST_BACK_OFF = 1000
const LAST_BACK_OFF = 16_000
const FORGOTTEN_AFTER = 60_000
/** The longest stall between the request for a shared slot and the last check before sending. */
const LONGEST_STALL = 5000

/**
 * The delay, in milliseconds, with which a process that uses the whole limit requests a shared slot that is due. For other
 * processes it is shorter in proportion, so the process with the fewest slots is first.
 */
const YIELD_MILLIS = 30

/** Redis' answer to the request for a slot: taken, or the milliseconds to wait. */
export type Answer = readonly [outcome: "taken" | "full" | "backOff", waitMillis: number]

/** The slots of one key that all processes share. */
export interface SharedSlots {
  /** Returns none while Redis does not answer. Then this process keeps to the limit alone. */
  readonly take: (id: string, leaseMillis: number) => Effect.Effect<Option.Option<Answer>>
  /** Frees the slot of an ended request one window from now. */
  readonly leave: (id: string) => Effect.Effect<void>
  /** Frees the slot of a request that was not sent. */
  readonly giveBack: (id: string) => Effect.Effect<void>
  readonly backOff: (millis: number) => Effect.Effect<void>
}

/** The back-off lasts longer than a request waits. Nothing was sent. */
export class LimitPaused extends Data.TaggedError("LimitPaused")<{
  readonly remaining: Duration.Duration
}> {}

/** One request on its way to a slot. */
export class Slot {
  readonly clock: Clock.Clock
  readonly deadline: number
  /** The longest back-off that the request waits for. */
  readonly maxPause: number
  state: "none" | "shared" | "sent" = "none"
  /** Of the shared slot. */
  id = ""
  requestedAt = -Infinity
  sentAt = -Infinity
  waitsSince: number | undefined

  constructor(clock: Clock.Clock, deadline: number, maxPause: number) {
    this.clock = clock
    this.deadline = deadline
    this.maxPause = maxPause
  }
}

interface Waiter {
  /** Done when this waiter is first and has to check again. */
  signal: Deferred.Deferred<void>
  /** True while the waiter gets a new token; then others are sent before it. */
  isRenewing: boolean
}

export class RequestQueue {
  readonly #limit: number
  readonly #window: number
  readonly #shared: SharedSlots | undefined
  #running = 0
  /** When the slots of ended requests are free again, the earliest first. */
  readonly #freeAt: Array<number> = []
  /** When to request a shared slot again. */
  #sharedFrom = -Infinity
  readonly #backOff = { since: -Infinity, until: -Infinity, millis: 0 }
  readonly #waiting = new Set<Waiter>()

  constructor({ limit, window }: Limit, shared: SharedSlots | undefined) {
    this.#limit = limit
    this.#window = window
    this.#shared = shared
  }

  /** Returns whether the queue has no state that affects a later request. */
  isIdle(now: number): boolean {
    return (
      this.#running === 0 &&
      this.#waiting.size === 0 &&
      (this.#freeAt.at(-1) ?? -Infinity) <= now &&
      this.#backOff.until + FORGOTTEN_AFTER <= now
    )
  }

  /** Returns a failure if the back-off is longer than the request may wait. */
  refusal(slot: Slot): LimitPaused | undefined {
    const remaining = this.#backOff.until - nowOf(slot.clock)
    return remaining > slot.maxPause ? new LimitPaused({ remaining: Duration.millis(remaining) }) : undefined
  }

  /** Takes a slot if one is free and no request waits. */
  takeNow(slot: Slot): boolean {
    const now = nowOf(slot.clock)
    const isFree = this.#shared === undefined && this.#first() === undefined && this.#nextSlot(now) === now
    if (isFree) this.#take(slot, now)
    return isFree
  }

  /**
   * Waits for a slot, takes it, and returns the token to send with. A request whose token expires while it waits gets a
   * new one and keeps its position.
   */
  wait<T, E, R>(
    slot: Slot,
    token: T,
    {
      isReady,
      prepare
    }: { readonly isReady: (token: T) => boolean; readonly prepare: Effect.Effect<T, E, R> }
  ): Effect.Effect<T, E | LimitPaused, R> {
    const waiter: Waiter = { signal: Deferred.makeUnsafe(), isRenewing: false }
    let current = token
    const renew = Effect.suspend(() => {
      waiter.isRenewing = true
      this.#wake()
      return prepare
    }).pipe(
      Effect.map((renewed) => {
        current = renewed
        waiter.isRenewing = false
      }),
      // The requests that share the new token return to their positions before the first of them continues.
      Effect.andThen(Effect.yieldNow)
    )
    const attempt: Effect.Effect<T, E | LimitPaused, R> = Effect.suspend(() => {
      const signal = Deferred.makeUnsafe<void>()
      waiter.signal = signal
      // A request with a new token is first again, but does not overtake one that already has a shared slot.
      if (slot.state === "none" && this.#first() !== waiter) {
        return Effect.andThen(this.#await(slot, signal), attempt)
      }
      const refusal = this.refusal(slot)
      if (refusal !== undefined) return refusal
      const now = nowOf(slot.clock)
      const next = this.#nextSlot(now)
      if (next !== now) {
        // A request waits for nothing while it has a shared slot.
        return this.#giveBack(slot).pipe(
          Effect.andThen(this.#await(slot, signal, next === undefined ? undefined : next - now)),
          Effect.andThen(attempt)
        )
      }
      if (!isReady(current)) return this.#giveBack(slot).pipe(Effect.andThen(renew), Effect.andThen(attempt))
      if (this.#shared !== undefined && now - slot.requestedAt > LONGEST_STALL) {
        return Effect.andThen(this.#request(slot, this.#shared), attempt)
      }
      this.#take(slot, now)
      return Effect.as(
        slot.waitsSince === undefined ? Effect.void : reportWait(slot.clock, slot.waitsSince),
        current
      )
    })
    return Effect.suspend(() => {
      this.#waiting.add(waiter)
      return attempt
    }).pipe(
      Effect.onExit(() =>
        Effect.sync(() => {
          this.#waiting.delete(waiter)
          this.#wake()
        })
      )
    )
  }

  /** Ends the use of a slot, whether or not the request was sent. */
  leave(slot: Slot): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (slot.state !== "sent") return this.#giveBack(slot)
      this.#running -= 1
      this.#freeAt.push(nowOf(slot.clock) + this.#window)
      this.#wake()
      return this.#shared?.leave(slot.id) ?? Effect.void
    })
  }

  /** Blocks all requests for as long as SailPoint asked, or for the default back-off. */
  backOff(slot: Slot, asked: Duration.Duration | undefined): Effect.Effect<void> {
    return Effect.suspend(() => {
      const now = nowOf(slot.clock)
      const millis =
        asked === undefined
          ? this.#defaultBackOff(slot, now)
          : Math.min(Duration.toMillis(asked), LONGEST_BACK_OFF)
      if (millis === 0) return Effect.void
      this.#block(now, millis)
      return this.#shared?.backOff(millis) ?? Effect.void
    })
  }

  /** Returns 0 for a request that was sent before the last back-off began, because its 429 repeats the last one. */
  #defaultBackOff({ sentAt }: Slot, now: number): number {
    const { millis, since, until } = this.#backOff
    if (sentAt <= since) return 0
    const last = now - until < FORGOTTEN_AFTER ? millis : 0
    this.#backOff.millis = Math.min(Math.max(FIRST_BACK_OFF, 2 * last), LAST_BACK_OFF)
    return this.#backOff.millis
  }

  #block(now: number, millis: number): void {
    this.#backOff.since = now
    this.#backOff.until = Math.max(this.#backOff.until, now + millis)
    this.#wake()
  }

  #first(): Waiter | undefined {
    return this.#waiting.values().find(({ isRenewing }) => !isRenewing)
  }

  /** When the next request may be sent: now, later, or (undefined) not before a running one has ended. */
  #nextSlot(now: number): number | undefined {
    while ((this.#freeAt[0] ?? Infinity) <= now) this.#freeAt.shift()
    const isFree = this.#running + this.#freeAt.length < this.#limit
    const free = isFree ? now : this.#freeAt[0]
    return free === undefined ? undefined : Math.max(free, this.#backOff.until, this.#sharedFrom)
  }

  /** The part of the limit that this process uses. */
  #share(): number {
    return (this.#running + this.#freeAt.length) / this.#limit
  }

  #take(slot: Slot, now: number): void {
    slot.state = "sent"
    slot.sentAt = now
    this.#running += 1
  }

  /** Waits for the signal or for a time, in whole milliseconds, because a clock may not advance by less. */
  #await(slot: Slot, signal: Deferred.Deferred<void>, millis?: number): Effect.Effect<void> {
    slot.waitsSince ??= nowOf(slot.clock)
    const signalled = Deferred.await(signal)
    return millis === undefined
      ? signalled
      : Effect.timeoutOrElse(signalled, { duration: Math.ceil(millis), orElse: () => Effect.void })
  }

  #wake(): void {
    const first = this.#first()
    if (first !== undefined) Deferred.doneUnsafe(first.signal, Exit.void)
  }

  /** Requests a shared slot, whose lease outlasts the deadline of the request by a window. */
  #request(slot: Slot, shared: SharedSlots): Effect.Effect<void> {
    return Effect.andThen(
      this.#giveBack(slot),
      Effect.suspend(() => {
        slot.id = crypto.randomUUID()
        slot.requestedAt = nowOf(slot.clock)
        // From now on the slot may be taken, whether or not Redis' answer arrives.
        slot.state = "shared"
        return shared.take(slot.id, slot.deadline + this.#window + LONGEST_STALL)
      })
    ).pipe(
      Effect.map((answer) => {
        if (Option.isNone(answer) || answer.value[0] === "taken") return
        const [outcome, millis] = answer.value
        const now = nowOf(slot.clock)
        slot.state = "none"
        slot.requestedAt = -Infinity
        if (outcome === "backOff") this.#block(now, millis)
        else this.#sharedFrom = now + millis + YIELD_MILLIS * this.#share()
      })
    )
  }

  #giveBack(slot: Slot): Effect.Effect<void> {
    if (slot.state !== "shared") return Effect.void
    slot.state = "none"
    slot.requestedAt = -Infinity
    return this.#shared?.giveBack(slot.id) ?? Effect.void
  }
}

/** Reports a wait that has just ended: as an event in the request's span, a metric and a debug line. */
const reportWait = (clock: Clock.Clock, since: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    const waited = Math.round(nowOf(clock) - since) / 1000
    const span = yield* Effect.option(Effect.currentSpan)
    if (Option.isSome(span)) {
      span.value.event("sailpoint.budget.wait", clock.currentTimeNanosUnsafe(), {
        "sailpoint.budget.wait.duration": waited
      })
    }
    yield* Metric.update(Metrics.budgetWait, waited)
    yield* Effect.logDebug(`Waited ${waited} s for a slot in the rate limit`)
  })
