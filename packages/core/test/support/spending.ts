/** Scripts of requests under a limit. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { Request } from "../../src/internal/spend.ts"
import type { RequestBudget } from "../../src/RequestBudget.ts"

/** A request without preparation. */
export const plain = <A, E, R>(send: Effect.Effect<A, E, R>): Request<void, A, E, R> => ({
  prepare: Effect.void,
  isReady: () => true,
  send: () => send,
  deadline: Duration.seconds(10)
})

export const spending =
  (budget: RequestBudget, key = "key") =>
  <A, E, R>(send: Effect.Effect<A, E, R>) =>
    budget.spend(key, plain(send))

/** A budget without a limit or a back-off. */
export const noBudget: RequestBudget = {
  spend: (_, { prepare, send }) => Effect.flatMap(prepare, (prepared) => send(prepared, () => Effect.void))
}

/** A request of a script. Times are milliseconds. */
export interface Scripted {
  /** The time of its arrival. */
  readonly at?: number
  /** The time from its start to its end. */
  readonly lasts?: number
  /** The time from its arrival to its interruption. */
  readonly leaves?: number | null
  /** The wait of the 429 that answers it. */
  readonly limited?: number | "no Retry-After"
  /** The duration of its preparation, and how long that is valid. */
  readonly prepares?: number
  readonly goodFor?: number
  readonly key?: string
  /** The index of its budget. */
  readonly process?: number
  readonly deadline?: number
}

export interface Sent {
  readonly n: number
  readonly begin: number
  end: number
}

/** Runs a script for an hour. Returns the sent requests, and the remaining back-off of each refused one. */
export const play = (script: ReadonlyArray<Scripted>, ...budgets: ReadonlyArray<RequestBudget>) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const now = Effect.map(Clock.currentTimeMillis, (now) => now - start)
    const sent: Array<Sent> = []
    const refused: Array<readonly [n: number, remaining: number]> = []
    for (const [n, request] of script.entries()) {
      const { at = 0, deadline = 10_000, goodFor = Infinity, key = "key", lasts = 0, prepares = 0 } = request
      const { leaves, limited } = request
      const fiber = yield* (budgets[request.process ?? 0] ?? noBudget)
        .spend(key, {
          prepare: Effect.andThen(prepares === 0 ? Effect.void : Effect.sleep(prepares), now),
          isReady: (prepared: number, clock) => clock.currentTimeMillisUnsafe() - start < prepared + goodFor,
          deadline: Duration.millis(deadline),
          send: (_, backOff) =>
            Effect.gen(function* () {
              const entry: Sent = { n, begin: yield* now, end: Infinity }
              sent.push(entry)
              yield* Effect.onExit(lasts === 0 ? Effect.void : Effect.sleep(lasts), () =>
                Effect.map(now, (now) => void (entry.end = now))
              )
              if (limited === undefined) return
              yield* backOff(limited === "no Retry-After" ? undefined : Duration.millis(limited))
            })
        })
        .pipe(
          Effect.catchTag("LimitPaused", ({ remaining }) =>
            Effect.sync(() => void refused.push([n, Duration.toMillis(remaining)]))
          ),
          (spent) => (at === 0 ? spent : Effect.delay(spent, at)),
          Effect.forkChild
        )
      if (typeof leaves === "number")
        yield* Effect.forkChild(Effect.delay(Fiber.interrupt(fiber), at + leaves))
    }
    yield* TestClock.adjust("1 hour")
    // Requests that are sent at the same time have no order.
    return {
      sent: sent.toSorted((a, b) => a.begin - b.begin || a.n - b.n),
      refused: refused.toSorted(([a], [b]) => a - b)
    }
  })

export const beginning = ({ begin, n }: Sent) => [n, begin] as const

export const many = (count: number, request: Scripted = {}) => Array.from({ length: count }, () => request)

/** A clock that can be put back by an hour, or jump ahead as after a stall. */
export const adjustable = (clock: Clock.Clock) => {
  let behind = 0
  let stalled = 0
  const currentTimeMillisUnsafe = () => clock.currentTimeMillisUnsafe() - behind
  const currentTimeNanosUnsafe = () => clock.currentTimeNanosUnsafe() - BigInt(behind) * 1_000_000n
  const monotonicTimeNanosUnsafe = () => clock.monotonicTimeNanosUnsafe() + BigInt(stalled) * 1_000_000n
  return {
    putBack: () => void (behind = 3_600_000),
    stall: (millis: number) => void (stalled += millis),
    clock: {
      currentTimeMillisUnsafe,
      currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
      currentTimeNanosUnsafe,
      currentTimeNanos: Effect.sync(currentTimeNanosUnsafe),
      monotonicTimeNanosUnsafe,
      monotonicTimeNanos: Effect.sync(monotonicTimeNanosUnsafe),
      sleep: (duration) => clock.sleep(duration)
    } satisfies Clock.Clock
  }
}
