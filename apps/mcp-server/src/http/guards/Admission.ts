/**
 * How much is served at a time: so many requests at once, so that a flood ends as a refusal and not as a
 * process out of memory, and so many of one caller in 10 seconds, so that nobody uses up what is for all.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import type { Limits } from "../../settings/HttpSettings.ts"
import { refuse } from "./Refusal.ts"

const WINDOW = Duration.seconds(10)

/** The limiter forgets nobody by itself; after so many callers it begins anew, with all of them. */
const MAX_KNOWN = 10_000

/** Calls are short, but for waits; asking sooner than this would meet the same. */
const BUSY_SECONDS = "5"

export interface Admission {
  /** A place, to be given back; fails with the answer when there is none. */
  readonly enter: (caller: string) => Effect.Effect<Place, Response>
}

export interface Place {
  readonly leave: () => void
}

export const make = (limits: Limits): Effect.Effect<Admission> =>
  Effect.gen(function* () {
    const makeLimiter = RateLimiter.make.pipe(Effect.provide(Layer.fresh(RateLimiter.layerStoreMemory)))
    let limiter = yield* makeLimiter
    const known = new Set<string>()
    let running = 0

    const limiterFor = (caller: string) =>
      Effect.gen(function* () {
        if (known.size >= MAX_KNOWN && !known.has(caller)) {
          known.clear()
          limiter = yield* makeLimiter
        }
        known.add(caller)
        return limiter
      })

    const place = Effect.sync((): Place => {
      let left = false
      running += 1
      return {
        leave: () => {
          if (!left) running -= 1
          left = true
        }
      }
    })

    const perCaller = (caller: string) =>
      Effect.flatMap(limiterFor(caller), ({ consume }) =>
        consume({
          algorithm: "token-bucket",
          onExceeded: "fail",
          window: WINDOW,
          limit: limits.perCaller,
          key: caller
        })
      ).pipe(
        Effect.catch(({ reason }) =>
          // The store is this process's memory, which does not fail.
          reason._tag === "RateLimitExceeded"
            ? Effect.fail(tooMany(limits.perCaller, reason.retryAfter))
            : Effect.die(reason)
        )
      )

    return {
      enter: (caller) =>
        Effect.suspend(() =>
          running < limits.running ? Effect.andThen(perCaller(caller), place) : Effect.fail(busy())
        )
    }
  })

const tooMany = (limit: number, retryAfter: Duration.Duration): Response =>
  refuse(429, `A caller may send ${limit} requests in ${Duration.toSeconds(WINDOW)} seconds.`, {
    "retry-after": String(Math.max(1, Math.ceil(Duration.toSeconds(retryAfter))))
  })

const busy = (): Response =>
  refuse(503, "As many requests are running as are served at once.", { "retry-after": BUSY_SECONDS })
