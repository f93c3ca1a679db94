/**
 * How many requests may be sent: SailPoint allows 100 in 10 seconds for a client id and API version, shared
 * by everything that uses that client id. Staying inside it is the only way not to trip the limit for others.
 *
 * A request takes a place before it is sent, and the place is free again one window after the request has
 * ended. SailPoint got the request before that end, so in no stretch of a window does it see more than the
 * limit, however long requests take and however the window is counted. Who has to wait is served first come,
 * first served; who is interrupted while waiting gives up nothing but the place in the queue. A 429 pauses
 * everybody who uses the key, so that one caller finds out for all; who would have to wait for longer than
 * the cap is told so at once.
 *
 * @since 0.1.0
 */
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { budgetNumbers } from "./internal/budgetNumbers.ts"
import { now, nowOf } from "./internal/monotonicClock.ts"
import { tellWait } from "./internal/tellWait.ts"
import { Wait } from "./internal/wait.ts"

/**
 * A budget, kept per key. The library's keys stand for a host, a client id and an API version.
 *
 * @category models
 * @since 0.1.0
 */
export interface RequestBudget {
  /** Runs a request once there is a place for it; `LimitPaused` when a pause outlasts `maxPause`. */
  readonly spend: (
    key: string
  ) => <A, E, R>(request: Effect.Effect<A, E, R>) => Effect.Effect<A, E | LimitPaused, R>
  /** Lets nobody send with this key for so long, counted from now; for 20 minutes at the most. */
  readonly pause: (key: string, duration: Duration.Duration) => Effect.Effect<void>
}

/**
 * SailPoint asked everybody who uses the key to wait, and for longer than this budget lets anybody wait.
 * Nothing was sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class LimitPaused extends Schema.TaggedError<LimitPaused>()("LimitPaused", {
  /** How long the pause still lasts. */
  remaining: Wait
}) {
  override get message(): string {
    return `SailPoint asked this client to send nothing for ${Duration.format(this.remaining)}.`
  }
}

/**
 * The longest wait that SailPoint is known to ask for: 20 minutes. No pause lasts longer.
 *
 * @category constants
 * @since 0.1.0
 */
export const longestPause: Duration.Duration = Duration.minutes(20)

/**
 * The numbers of a budget.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * How many in one window: a whole number of at least 1.
   *
   * @default 100
   */
  readonly requests?: number | undefined
  /**
   * How long the window is.
   *
   * @default "10 seconds"
   */
  readonly per?: Duration.Input | undefined
  /**
   * The longest that a request waits for a pause to end; one that lasts longer fails it at once.
   *
   * @default "1 minute"
   */
  readonly maxPause?: Duration.Input | undefined
}

/**
 * A budget in the memory of this process. Numbers that mean nothing, such as no requests or a window that never
 * ends, are a `RangeError`.
 *
 * @example
 * ```ts
 * import * as RequestBudget from "@sailpoint-bulk-upload/core/RequestBudget"
 *
 * // Leaves half of the tenant's limit to other integrations of the same client id.
 * const half = RequestBudget.make({ requests: 50 })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): RequestBudget => {
  const { limit, maxPause, window } = budgetNumbers(options)
  const lanes = new Map<string, Lane>()

  const laneOf = (key: string): Lane => {
    const known = lanes.get(key)
    if (known !== undefined) return known
    const lane = new Lane(limit, window, maxPause)
    lanes.set(key, lane)
    return lane
  }

  return {
    spend: (key) => (request) => laneOf(key).run(request),
    pause: (key, duration) =>
      Effect.map(now, (now) =>
        laneOf(key).pause(now + Duration.toMillis(Duration.min(longestPause, duration)))
      )
  }
}

/** Whether a request has its place. */
interface Place {
  taken: boolean
}

/** The places of one key. Times are milliseconds. */
class Lane {
  readonly #limit: number
  readonly #window: number
  readonly #maxPause: number
  #running = 0
  /** When the places of ended requests are free again, the earliest first. */
  readonly #freeAt: Array<number> = []
  #pausedUntil = 0
  /** Who waits, in the order of arrival. The first looks for a place; the others wait to be first. */
  readonly #queue = new Set<Deferred.Deferred<void>>()
  /** Done when a request ends or a pause begins: what the first in the queue waits for besides time. */
  #changed: Deferred.Deferred<void> | undefined

  constructor(limit: number, window: number, maxPause: number) {
    this.#limit = limit
    this.#window = window
    this.#maxPause = maxPause
  }

  run<A, E, R>(request: Effect.Effect<A, E, R>): Effect.Effect<A, E | LimitPaused, R> {
    return Effect.clockWith((clock) => {
      const place: Place = { taken: false }
      return Effect.suspend(() => {
        const since = nowOf(clock)
        // To see that there is a place and to take it is one step: a fiber can be suspended between any two.
        if (!this.#isFree(since)) return Effect.andThen(this.#wait(place, since), request)
        this.#take(place)
        return request
      }).pipe(Effect.onExit(() => (place.taken ? this.#leave(clock) : Effect.void)))
    })
  }

  #isFree(now: number): boolean {
    return this.#queue.size === 0 && this.#nextPlace(now) === now
  }

  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until)
    this.#change()
  }

  #take(place: Place): void {
    place.taken = true
    this.#running += 1
  }

  /** When the next request may be sent: now, later, or (undefined) not before a running one has ended. */
  #nextPlace(now: number): number | undefined {
    while ((this.#freeAt[0] ?? Infinity) <= now) this.#freeAt.shift()
    if (this.#running + this.#freeAt.length < this.#limit) return Math.max(now, this.#pausedUntil)
    const [first] = this.#freeAt
    return first === undefined ? undefined : Math.max(first, this.#pausedUntil)
  }

  #leave(clock: Clock.Clock): Effect.Effect<void> {
    return Effect.sync(() => {
      this.#running -= 1
      this.#freeAt.push(nowOf(clock) + this.#window)
      this.#change()
    })
  }

  #wait(place: Place, since: number): Effect.Effect<void, LimitPaused> {
    const turn = Deferred.makeUnsafe<void>()
    return Effect.suspend(() => {
      this.#queue.add(turn)
      if (this.#queue.size === 1) Deferred.doneUnsafe(turn, Exit.void)
      return Deferred.await(turn)
    }).pipe(
      Effect.andThen(this.#findPlace),
      // Still the first in the queue: nobody overtakes while it is told.
      Effect.andThen(tellWait(since)),
      // In one step, so that the next in the queue finds the place taken.
      Effect.onExit((exit) =>
        Effect.sync(() => {
          if (Exit.isSuccess(exit)) this.#take(place)
          this.#dequeue(turn)
        })
      )
    )
  }

  readonly #findPlace: Effect.Effect<void, LimitPaused> = Effect.flatMap(now, (now) => {
    const remaining = this.#pausedUntil - now
    if (remaining > this.#maxPause) return new LimitPaused({ remaining: Duration.millis(remaining) })
    const place = this.#nextPlace(now)
    if (place === now) return Effect.void
    this.#changed ??= Deferred.makeUnsafe()
    const changed = Deferred.await(this.#changed)
    return Effect.andThen(
      place === undefined
        ? changed
        : Effect.timeoutOrElse(changed, { duration: place - now, orElse: () => Effect.void }),
      this.#findPlace
    )
  })

  /** Lets the first in the queue look again. */
  #change(): void {
    if (this.#changed !== undefined) Deferred.doneUnsafe(this.#changed, Exit.void)
    this.#changed = undefined
  }

  #dequeue(turn: Deferred.Deferred<void>): void {
    const [first] = this.#queue
    this.#queue.delete(turn)
    const [next] = this.#queue
    if (first === turn && next !== undefined) Deferred.doneUnsafe(next, Exit.void)
  }
}

/**
 * No budget: every request is sent at once.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import { BulkUploads, RequestBudget } from "@sailpoint-bulk-upload/core"
 *
 * // Where a gateway in between keeps to the limit.
 * const Live = BulkUploads.layerConfig.pipe(Layer.provide(RequestBudget.layer(RequestBudget.unlimited)))
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const unlimited: RequestBudget = {
  spend: () => (request) => request,
  pause: () => Effect.void
}

const ofThisProcess = make()

/**
 * The budget in force where a layer of this library is built: SailPoint's documented limit, shared by the
 * whole process, unless a layer replaces it.
 *
 * @category references
 * @since 0.1.0
 */
export const RequestBudget: Context.Reference<RequestBudget> = Context.Reference<RequestBudget>(
  "@sailpoint-bulk-upload/core/RequestBudget",
  { defaultValue: () => ofThisProcess }
)

/**
 * Replaces the budget of the layers it is provided to.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import { BulkUploads, RequestBudget } from "@sailpoint-bulk-upload/core"
 *
 * const modest = BulkUploads.layerConfig.pipe(
 *   Layer.provide(RequestBudget.layer(RequestBudget.make({ requests: 50 })))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (budget: RequestBudget): Layer.Layer<never> => Layer.succeed(RequestBudget, budget)
