/**
 * Limits concurrent requests, so that a flood is refused before the process runs out of memory. Limits each caller's
 * concurrent requests and requests in 10 seconds too, so that one caller cannot lock out another.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import type { Limits } from "../../settings/HttpSettings.ts"
import { type Refusal, refuse } from "./Refusal.ts"

const WINDOW = Duration.seconds(10)

/** The limiter never forgets a caller; after this many callers, a new limiter replaces it. */
const MAX_KNOWN = 10_000

/** Most calls are short, so a slot is likely to be free by then. */
const BUSY = { "retry-after": "5" }

export type Admission = Effect.Success<ReturnType<typeof make>>

export const make = (limits: Limits) =>
  Effect.gen(function* () {
    const makeLimiter = RateLimiter.make.pipe(Effect.provide(Layer.fresh(RateLimiter.layerStoreMemory)))
    let limiter = yield* makeLimiter
    const known = new Set<string>()
    const running = new Map<string, number>()
    let total = 0

    const limiterFor = (caller: string) =>
      Effect.gen(function* () {
        if (known.size >= MAX_KNOWN && !known.has(caller)) {
          known.clear()
          limiter = yield* makeLimiter
        }
        known.add(caller)
        return limiter
      })

    const consume = (caller: string, tokens: number) =>
      Effect.flatMap(limiterFor(caller), (limiter) =>
        limiter.consume({
          algorithm: "token-bucket",
          window: WINDOW,
          limit: limits.perCaller,
          key: caller,
          tokens
        })
      ).pipe(
        Effect.catch(({ reason }) =>
          // The store is this process's memory, which does not fail.
          reason._tag === "RateLimitExceeded"
            ? Effect.fail(tooMany(limits.perCaller, reason.retryAfter))
            : Effect.die(reason)
        )
      )

    const add = (caller: string, slots: number): void => {
      total += slots
      const now = (running.get(caller) ?? 0) + slots
      if (now === 0) running.delete(caller)
      else running.set(caller, now)
    }

    return {
      /** Acquires a slot for a request; fails with the answer if a limit is reached. */
      enter: (caller: string) =>
        Effect.suspend(() => {
          let held = 0
          let left = false
          const change = (slots: number): void => {
            if (left) return
            add(caller, slots)
            held += slots
          }
          /** Acquires more slots, for the other messages of a batch. */
          const extend = (slots: number): Effect.Effect<void, Refusal> =>
            Effect.suspend(() => {
              if (total + slots > limits.running) return Effect.fail(busy())
              if ((running.get(caller) ?? 0) + slots > limits.runningPerCaller) {
                return Effect.fail(callerBusy(limits.runningPerCaller))
              }
              change(slots)
              return Effect.asVoid(
                Effect.onError(consume(caller, slots), () => Effect.sync(() => change(-slots)))
              )
            })
          const leave = (): void => {
            if (!left) add(caller, -held)
            left = true
          }
          return Effect.as(extend(1), { extend, leave })
        })
    }
  })

const tooMany = (limit: number, retryAfter: Duration.Duration): Refusal =>
  refuse("callerRate", 429, `A caller may send ${limit} requests in ${Duration.toSeconds(WINDOW)} seconds.`, {
    "retry-after": String(Math.ceil(Duration.toSeconds(retryAfter)))
  })

const callerBusy = (limit: number): Refusal =>
  refuse(
    "callerRunning",
    429,
    `A caller may have ${limit} concurrent requests; each message of a batch counts.`,
    BUSY
  )

const busy = (): Refusal =>
  refuse("running", 503, "The server is at its limit of concurrent requests. Try again later.", BUSY)
