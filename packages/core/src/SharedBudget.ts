/**
 * A request budget that several processes keep to together, in Redis.
 *
 * It is the rule of `RequestBudget`, with the places in a sorted set: a request takes a place before it is
 * sent, and the place is free again one window after the request has ended. SailPoint got the request in
 * between, whatever the network's or Redis' delays were, so in no stretch of a window it sees more than the limit.
 * (Counters per fixed window, and token buckets, let up to twice the limit through around a boundary or after a quiet
 * time; that is why this is not built on the algorithms of Effect's `RateLimiter`.) All times are Redis' own, so
 * the clocks of the processes do not matter.
 *
 * Who waits holds nothing in Redis: it asks again when the next place is due, one request of each process at a
 * time, first come, first served within the process. A process that is killed takes along the places of the
 * requests it had on the way, and those only for as long as `lease`.
 *
 * Each process also keeps to the whole limit by itself. While Redis does not answer, that is what holds; see
 * `Replicas`.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import { budgetNumbers, budgetTime } from "./internal/budgetNumbers.ts"
import * as Scripts from "./internal/budgetScripts.ts"
import { now } from "./internal/monotonicClock.ts"
import { tellWait } from "./internal/tellWait.ts"
import { keyPrefix, Replicas } from "./Replicas.ts"
import * as RequestBudget from "./RequestBudget.ts"

/**
 * The numbers of a shared budget; the same in every process.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends RequestBudget.Options {
  /**
   * When the place of a request is free again whose process never said that it ended: longer than a
   * request's deadline and a window together, or the limit is not kept for requests that take that long.
   *
   * @default "30 seconds", or three windows where that is more
   */
  readonly lease?: Duration.Input | undefined
}

/** How far a request is: nothing asked of Redis, a place asked for or held, sent. */
interface Place {
  readonly id: string
  state: "none" | "held" | "sent"
}

/**
 * The budget of all processes that make one with the same numbers on the same Redis.
 *
 * @example
 * ```ts
 * import { SharedBudget } from "@sailpoint-bulk-upload/core"
 *
 * // Half of the limit for all processes together.
 * const half = SharedBudget.make({ requests: 50 })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Effect.Effect<RequestBudget.RequestBudget, never, Replicas> =>
  Effect.map(Replicas, ({ inBackground, run }) => {
    const { limit, maxPause, window } = budgetNumbers(options)
    const lease = Math.max(3 * window, budgetTime("lease", options.lease ?? "30 seconds"))
    const own = RequestBudget.make(options)
    const [take, leave, giveBack, pause] = [
      run(Scripts.take),
      run(Scripts.leave),
      run(Scripts.giveBack),
      run(Scripts.pause)
    ]

    /** One request of a key asks Redis at a time; the others wait behind it. */
    const turns = new Map<string, Semaphore.Semaphore>()
    const turnOf = (key: string): Semaphore.Semaphore => {
      const turn = turns.get(key) ?? Semaphore.makeUnsafe(1)
      turns.set(key, turn)
      return turn
    }

    /** Waits for a place; gives whether that took time. */
    const enter = (keys: Scripts.Keys, place: Place): Effect.Effect<boolean, RequestBudget.LimitPaused> =>
      Effect.suspend(() => {
        place.state = "held"
        return take(keys, { id: place.id, limit, window, lease })
      }).pipe(
        Effect.flatMap((answer) => {
          // Redis does not answer, so the place is this process' own alone.
          if (Option.isNone(answer)) return Effect.succeed(false)
          const [outcome, wait] = answer.value
          if (outcome === "taken") return Effect.succeed(false)
          place.state = "none"
          if (outcome === "paused" && wait > maxPause) {
            return Effect.fail(new RequestBudget.LimitPaused({ remaining: Duration.millis(wait) }))
          }
          return Effect.sleep(wait).pipe(Effect.andThen(enter(keys, place)), Effect.as(true))
        })
      )

    const exit = (keys: Scripts.Keys, { id, state }: Place): Effect.Effect<void> => {
      if (state === "none") return Effect.void
      return inBackground(state === "sent" ? leave(keys, { id, window, lease }) : giveBack(keys, id))
    }

    return {
      spend: (key) => {
        const keys = keysOf(key)
        const turn = turnOf(key)
        return (request) =>
          Effect.flatMap(now, (since) => {
            const place: Place = { id: crypto.randomUUID(), state: "none" }
            const send = Effect.suspend(() => {
              place.state = "sent"
              return request
            })
            return turn
              .withPermits(1)(enter(keys, place))
              .pipe(
                Effect.tap((waited) => (waited ? tellWait(since) : Effect.void)),
                Effect.andThen(own.spend(key)(send)),
                Effect.onExit(() => exit(keys, place))
              )
          })
      },
      pause: (key, duration) =>
        own
          .pause(key, duration)
          .pipe(
            Effect.andThen(
              pause(keysOf(key), Duration.toMillis(Duration.min(RequestBudget.longestPause, duration)))
            ),
            Effect.asVoid
          )
    }
  })

/** In braces what a Redis cluster places keys by, so that the two lie on one node. */
const keysOf = (key: string): Scripts.Keys => ({
  places: `${keyPrefix}budget:{${key}}:places`,
  pause: `${keyPrefix}budget:{${key}}:pause`
})

/**
 * Replaces the budget of the layers it is provided to by a shared one.
 *
 * @example
 * ```ts
 * import * as NodeRedis from "@effect/platform-node/NodeRedis"
 * import * as Layer from "effect/Layer"
 * import { BulkUploads, Replicas, SharedBudget } from "@sailpoint-bulk-upload/core"
 *
 * const together = BulkUploads.layerConfig.pipe(
 *   Layer.provide(SharedBudget.layer()),
 *   Layer.provide(Replicas.layer),
 *   Layer.provide(NodeRedis.layer({ url: "redis://localhost", disableOfflineQueue: true }))
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<never, never, Replicas> =>
  Layer.effect(RequestBudget.RequestBudget, make(options))
