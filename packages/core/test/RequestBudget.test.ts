import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import { BulkUploads, type Options } from "../src/BulkUploads.ts"
import * as RequestBudget from "../src/RequestBudget.ts"
import { observe } from "./support/observed.ts"
import { client, tenant } from "./support/tenant.ts"

/** A request that takes so long, and notes when it began and ended. */
const request = (
  log: Array<{ readonly n: number; readonly begin: number; end?: number }>,
  n: number,
  lasts = 0
) =>
  Effect.flatMap(Clock.currentTimeMillis, (begin) => {
    const entry: { readonly n: number; readonly begin: number; end?: number } = { n, begin }
    log.push(entry)
    return Effect.onExit(Effect.sleep(lasts), () =>
      Effect.map(Clock.currentTimeMillis, (end) => {
        entry.end = end
      })
    )
  })

type Log = Parameters<typeof request>[0]

const burst = (budget: RequestBudget.RequestBudget, log: Log, count: number, key = "key") =>
  Effect.forEach(
    Array.from({ length: count }, (_, n) => n),
    (n) => Effect.forkChild(budget.spend(key)(request(log, n)))
  )

const beginnings = (log: Log) => log.map(({ begin }) => begin)

const AN_HOUR = 3_600_000

/** The same clock with the time of day an hour earlier. */
const putBack = (clock: Clock.Clock): Clock.Clock => {
  const currentTimeMillisUnsafe = () => clock.currentTimeMillisUnsafe() - AN_HOUR
  const currentTimeNanosUnsafe = () => clock.currentTimeNanosUnsafe() - BigInt(AN_HOUR) * 1_000_000n
  return {
    currentTimeMillisUnsafe,
    currentTimeMillis: Effect.sync(currentTimeMillisUnsafe),
    currentTimeNanosUnsafe,
    currentTimeNanos: Effect.sync(currentTimeNanosUnsafe),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }
}

describe("RequestBudget", () => {
  it.effect(
    "a burst of 1,000 is sent a hundred at a time, and takes what the limit allows and no longer",
    () =>
      Effect.gen(function* () {
        const log: Log = []
        yield* burst(RequestBudget.make(), log, 1000)
        yield* TestClock.adjust("90 seconds")
        // A hundred that are let go in one instant run side by side; who is among them is what counts.
        const batches = log.toSorted((a, b) => a.begin - b.begin || a.n - b.n)
        assert.deepStrictEqual(
          batches.map(({ begin, n }) => [n, begin]),
          Array.from({ length: 1000 }, (_, n) => [n, Math.floor(n / 100) * 10_000])
        )
      })
  )

  it.effect("a place is free one window after its request has ended, not after it began", () =>
    Effect.gen(function* () {
      const log: Log = []
      const { spend } = RequestBudget.make({ requests: 1, per: "10 seconds" })
      yield* Effect.forkChild(spend("key")(request(log, 0, 3000)))
      yield* Effect.forkChild(spend("key")(request(log, 1)))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(beginnings(log), [0, 13_000])
    })
  )

  it.effect("a request that fails or is interrupted has spent its place too", () =>
    Effect.gen(function* () {
      const log: Log = []
      const { spend } = RequestBudget.make({ requests: 2, per: "10 seconds" })
      yield* Effect.ignore(spend("key")(Effect.fail("no")))
      const fiber = yield* Effect.forkChild(spend("key")(Effect.never))
      yield* TestClock.adjust(1000)
      yield* Fiber.interrupt(fiber)
      yield* burst({ spend, pause: () => Effect.void }, log, 2)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(beginnings(log), [10_000, 11_000])
    })
  )

  it.effect("keys do not share", () =>
    Effect.gen(function* () {
      const log: Log = []
      const budget = RequestBudget.make({ requests: 1 })
      yield* burst(budget, log, 1, "one")
      yield* burst(budget, log, 1, "two")
      yield* TestClock.adjust(0)
      assert.strictEqual(log.length, 2)
    })
  )

  it.effect("who is interrupted while waiting gives the place to the next", () =>
    Effect.gen(function* () {
      const log: Log = []
      const fibers = yield* burst(RequestBudget.make({ requests: 1 }), log, 4)
      yield* TestClock.adjust(1)
      for (const fiber of fibers.slice(1, 3)) yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(
        log.map(({ begin, n }) => [n, begin]),
        [
          [0, 0],
          [3, 10_000]
        ]
      )
    })
  )

  it.effect("a pause holds everybody of the key for as long as it says, once, and others not at all", () =>
    Effect.gen(function* () {
      const log: Log = []
      const other: Log = []
      const budget = RequestBudget.make()
      yield* budget.pause("key", Duration.seconds(7))
      yield* budget.pause("key", Duration.seconds(3))
      yield* burst(budget, log, 5)
      yield* burst(budget, other, 1, "other")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(beginnings(log), [7000, 7000, 7000, 7000, 7000])
      assert.deepStrictEqual(beginnings(other), [0])
    })
  )

  it.effect("a pause that outlasts the cap is told at once, until it does no longer", () =>
    Effect.gen(function* () {
      const log: Log = []
      const budget = RequestBudget.make({ maxPause: "30 seconds" })
      yield* budget.pause("key", Duration.seconds(90))
      const error = yield* Effect.flip(budget.spend("key")(request(log, 0)))
      assert.strictEqual(error._tag, "LimitPaused")
      assert.strictEqual(Duration.toSeconds(error.remaining), 90)
      yield* TestClock.adjust("1 minute")
      yield* burst(budget, log, 1)
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(beginnings(log), [90_000])
    })
  )

  it.effect("nobody is held for longer than 20 minutes, whatever is asked", () =>
    Effect.gen(function* () {
      const budget = RequestBudget.make()
      yield* budget.pause("key", Duration.days(1))
      const error = yield* Effect.flip(budget.spend("key")(Effect.void))
      assert.strictEqual(Duration.toMinutes(error.remaining), 20)
    })
  )

  it.effect("a long pause that comes while many wait is told to all of them, and no place is lost", () =>
    Effect.gen(function* () {
      const log: Log = []
      const budget = RequestBudget.make({ requests: 1 })
      yield* budget.spend("key")(Effect.void)
      const fibers = yield* burst(budget, log, 3)
      yield* TestClock.adjust(1)
      yield* budget.pause("key", Duration.minutes(5))
      yield* TestClock.adjust(0)
      for (const fiber of fibers) assert.strictEqual((yield* Fiber.await(fiber))._tag, "Failure")
      yield* TestClock.adjust("5 minutes")
      yield* burst(budget, log, 1)
      yield* TestClock.adjust(0)
      assert.strictEqual(log.length, 1)
    })
  )

  it.effect("a pause that comes while somebody waits holds them too", () =>
    Effect.gen(function* () {
      const log: Log = []
      const budget = RequestBudget.make({ requests: 1 })
      yield* burst(budget, log, 2)
      yield* TestClock.adjust("5 seconds")
      yield* budget.pause("key", Duration.seconds(20))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(beginnings(log), [0, 25_000])
    })
  )

  const meaningless: ReadonlyArray<readonly [RequestBudget.Options, says: string]> = [
    ...[NaN, 0, -1, 1.5, Infinity, 2 ** 60].map(
      (requests) =>
        [{ requests }, `"requests" is ${requests}: expected a whole number of at least 1`] as const
    ),
    ...[0, -1, NaN, Infinity, Duration.infinity, Duration.negativeInfinity].map(
      (per) => [{ per }, `"per" is ${String(per)}: expected a time above 0`] as const
    ),
    ...[-1, -Infinity].map(
      (maxPause) => [{ maxPause }, `"maxPause" is ${maxPause}: expected a time that is not negative`] as const
    )
  ]

  it.each(meaningless)(
    "numbers that mean nothing are told, in place of an endless wait: %o",
    (options, says) => {
      assert.throws(() => RequestBudget.make(options), RangeError, says)
    }
  )

  it.effect("without a longest pause everybody waits for as long as the pause lasts", () =>
    Effect.gen(function* () {
      const log: Log = []
      const budget = RequestBudget.make({ maxPause: Infinity })
      yield* budget.pause("key", Duration.days(1))
      yield* burst(budget, log, 1)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(beginnings(log), [20 * 60_000])
    })
  )

  it.effect("a clock of the machine that is put back by an hour holds nobody", () =>
    Effect.gen(function* () {
      const log: Log = []
      const budget = RequestBudget.make({ requests: 1, per: "10 seconds" })
      yield* budget.spend("key")(Effect.void)
      yield* Effect.provideService(burst(budget, log, 1), Clock.Clock, putBack(yield* Clock.Clock))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(log.length, 1)
    })
  )

  it.effect("unlimited holds nobody", () =>
    Effect.gen(function* () {
      const log: Log = []
      yield* RequestBudget.unlimited.pause("key", Duration.hours(1))
      yield* burst(RequestBudget.unlimited, log, 500)
      yield* TestClock.adjust(0)
      assert.strictEqual(log.length, 500)
    })
  )

  it.effect("a wait is told: an event in the span, a metric, a debug line", () =>
    Effect.gen(function* () {
      const [seen, layer] = observe()
      const { spend } = RequestBudget.make({ requests: 1, per: "10 seconds" })
      yield* spend("key")(Effect.void)
      const fiber = yield* spend("key")(Effect.void).pipe(
        Effect.withSpan("caller"),
        Effect.provide(layer),
        Effect.forkChild
      )
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(fiber)
      const [span] = seen.spans
      assert.deepStrictEqual(
        span?.events.map(([name, , attributes]) => [name, attributes]),
        [["sailpoint.budget.wait", { "sailpoint.budget.wait.duration": 10 }]]
      )
      assert.deepStrictEqual(
        seen.metrics().map(({ id, state }) => [id, "sum" in state && state.sum]),
        [["sailpoint.bulk_upload.budget.wait", 10]]
      )
      assert.isTrue(seen.logs.some((line) => line.includes("Waited 10 s for a place")))
    })
  )

  const Arrival = Schema.Struct({
    after: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2000 })),
    lasts: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5000 })),
    leaves: Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 15_000 })))
  })

  it.effect.prop(
    "whoever comes, stays or leaves: never more than the limit in any window, in order, and no place is lost",
    [Schema.Array(Arrival).check(Schema.isMaxLength(30))],
    ([arrivals]) =>
      Effect.gen(function* () {
        const limit = 3
        const window = 10_000
        const log: Log = []
        const budget = RequestBudget.make({ requests: limit, per: window })
        const start = yield* Clock.currentTimeMillis
        for (const [n, { after, lasts, leaves }] of arrivals.entries()) {
          yield* TestClock.adjust(after)
          const fiber = yield* Effect.forkChild(budget.spend("key")(request(log, n, lasts)))
          if (leaves !== null) yield* Effect.forkChild(Effect.delay(Fiber.interrupt(fiber), leaves))
          yield* TestClock.adjust(0)
        }
        yield* TestClock.adjust("10 minutes")

        // Who is let go in one instant runs side by side.
        const order = log.toSorted((a, b) => a.begin - b.begin || a.n - b.n).map(({ n }) => n)
        assert.deepStrictEqual(
          order,
          order.toSorted((a, b) => a - b)
        )
        for (const [index, { begin }] of log.entries()) {
          const counted = log.slice(0, index).filter(({ end = Infinity }) => end > begin - window)
          assert.isBelow(counted.length, limit)
        }
        const stayed = arrivals.flatMap(({ leaves }, n) => (leaves === null ? [n] : []))
        assert.includeMembers(order, stayed, "nobody who stayed was forgotten")

        const again: Log = []
        yield* burst(budget, again, limit)
        yield* TestClock.adjust(0)
        assert.strictEqual(again.length, limit, "every place is free again")
        assert.isAtLeast(yield* Clock.currentTimeMillis, start)
      })
  )

  it.live(
    "a burst of 1,000 against a tenant with just that limit meets no 429",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        const uploads = yield* BulkUploads
        const results = yield* uploads.statuses(
          sandbox.sources.map(({ sourceId }) => sourceId),
          { concurrency: "unbounded" }
        )
        assert.isTrue(results.every(({ _tag }) => _tag === "Success"))
        const outcomes = (yield* sandbox.received).filter(({ endpoint }) => endpoint === "status")
        assert.strictEqual(outcomes.length, 1000)
        assert.isTrue(outcomes.every(({ outcome }) => outcome === 200))
      }).pipe(
        Effect.provide(
          Layer.provide(
            tenant({ sandbox: { sources: thousand, limit: { requests: 100, per: "300 millis" } } }),
            RequestBudget.layer(RequestBudget.make({ requests: 100, per: "300 millis" }))
          )
        )
      ),
    60_000
  )

  it.live("layers of one process share the budget of a client id and API version, and of nothing else", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      const keys: Array<string> = []
      const budget = RequestBudget.make()
      const noting: RequestBudget.RequestBudget = {
        spend: (key) => (request) => Effect.suspend(() => (keys.push(key), budget.spend(key)(request))),
        pause: budget.pause
      }
      const ask = (options: Partial<Options>) =>
        Effect.flatMap(BulkUploads, ({ status }) => status(Source.named("Done").sourceId)).pipe(
          Effect.provide(Layer.provide(client(options), RequestBudget.layer(noting)))
        )
      const reader = { clientId: "sandbox-reader", clientSecret: Redacted.make("reader-secret") }
      yield* ask({})
      yield* ask({})
      yield* ask({ apiVersion: "v1" })
      yield* ask({ auth: reader })
      assert.deepStrictEqual(keys, [
        `${sandbox.url} sandbox v2024`,
        `${sandbox.url} sandbox v2024`,
        `${sandbox.url} sandbox v1`,
        `${sandbox.url} sandbox-reader v2024`
      ])
    }).pipe(Effect.provide(Sandbox.layer()))
  )

  it.effect.each(Array.from({ length: 40 }, (_, n) => n + 3))(
    "the limit holds also where a fiber is suspended after every %d steps",
    (steps) =>
      Effect.gen(function* () {
        const log: Log = []
        yield* Effect.provideService(
          burst(RequestBudget.make({ requests: 5 }), log, 20),
          References.MaxOpsBeforeYield,
          steps
        )
        yield* TestClock.adjust(0)
        assert.strictEqual(log.length, 5)
      })
  )

  const moments = [3, 4, 5, 6, 7].flatMap((steps) =>
    Array.from({ length: 20 }, (_, turns) => [steps, turns] as const)
  )

  it.live("who is interrupted at any moment whatever blocks nobody", () =>
    Effect.gen(function* () {
      for (const [steps, turns] of moments) {
        const { spend } = RequestBudget.make({ requests: 1, per: 1 })
        yield* spend("key")(Effect.void)
        const leaver = yield* spend("key")(Effect.void).pipe(
          Effect.provideService(References.MaxOpsBeforeYield, steps),
          Effect.forkChild
        )
        yield* Effect.repeat(Effect.yieldNow, { times: turns })
        yield* Effect.forkChild(Fiber.interrupt(leaver))
        yield* spend("key")(Effect.void)
      }
    })
  )

  it.effect(
    "who comes when a place is free, but before the first in the queue has woken, waits behind it",
    () =>
      Effect.gen(function* () {
        const log: Log = []
        const { spend } = RequestBudget.make({ requests: 1 })
        yield* spend("key")(Effect.void)
        const clock = yield* Clock.Clock
        const late: Clock.Clock = {
          ...clock,
          currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
          currentTimeMillis: clock.currentTimeMillis,
          currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
          currentTimeNanos: clock.currentTimeNanos,
          sleep: (duration) => clock.sleep(Duration.sum(duration, Duration.millis(5)))
        }
        yield* Effect.forkChild(Effect.provideService(spend("key")(request(log, 0)), Clock.Clock, late))
        yield* TestClock.adjust("10002 millis")
        yield* Effect.forkChild(spend("key")(request(log, 1)))
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(
          log.map(({ n }) => n),
          [0, 1]
        )
      })
  )

  it.effect("a clock that is put back holds nobody up", () =>
    Effect.gen(function* () {
      const budget = RequestBudget.make({ requests: 1 })
      yield* budget.spend("key")(Effect.void)
      const clock = yield* Clock.Clock
      const setBack: Clock.Clock = {
        ...clock,
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() - 3_600_000,
        currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now - 3_600_000),
        currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
        currentTimeNanos: clock.currentTimeNanos,
        sleep: (duration) => clock.sleep(duration)
      }
      const fiber = yield* budget
        .spend("key")(Effect.void)
        .pipe(Effect.provideService(Clock.Clock, setBack), Effect.forkChild)
      yield* TestClock.adjust("10 seconds")
      assert.isDefined(fiber.pollUnsafe())
    })
  )
})

const thousand = Array.from({ length: 1000 }, (_, n) => ({
  ...Source.named("Done"),
  sourceId: n.toString(16).padStart(32, "0")
}))
