import { assert, describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as TestClock from "effect/testing/TestClock"
import { createHash } from "node:crypto"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import type { Options } from "../src/ApiClient.ts"
import { BulkUploads } from "../src/BulkUploads.ts"
import type { SharedSlots } from "../src/internal/requestQueue.ts"
import { makeSpend } from "../src/internal/spend.ts"
import * as RequestBudget from "../src/RequestBudget.ts"
import { observe } from "./support/observed.ts"
import { adjustable, beginning, many, plain, play, type Scripted, spending } from "./support/spending.ts"
import { client } from "./support/tenant.ts"

/** When a request is sent, or the remaining back-off when it is refused. */
type Expected = number | "interrupted" | { readonly refused: number }
type Case = readonly [
  name: string,
  options: RequestBudget.Options | "unlimited",
  script: ReadonlyArray<Scripted>,
  expected: ReadonlyArray<Expected>
]

const one = { requests: 1, per: "10 seconds" } as const
const MINUTE = 60_000
const refused = (refused: number) => ({ refused })
const silent = "no Retry-After"

const cases: ReadonlyArray<Case> = [
  [
    "the unlimited budget sends every request at once, except during a back-off",
    "unlimited",
    [...many(500), { lasts: 1, limited: 7000 }, ...many(500, { at: 2 })],
    Array.from({ length: 1001 }, (_, n) => (n <= 500 ? 0 : 7001))
  ],
  [
    "a burst of 1,000 is sent at the speed of the limit",
    {},
    many(1000),
    Array.from({ length: 1000 }, (_, n) => Math.floor(n / 100) * 10_000)
  ],
  [
    "a slot is free one window after its request has ended, not after it began",
    one,
    [{ lasts: 3000 }, {}],
    [0, 13_000]
  ],
  [
    "a request that is interrupted after it was sent uses its slot",
    one,
    [{ lasts: 5000, leaves: 1000 }, {}],
    [0, 11_000]
  ],
  [
    "a request that is interrupted in the queue passes its turn to the next",
    one,
    [{}, { leaves: 1 }, { leaves: 2 }, {}],
    [0, "interrupted", "interrupted", 10_000]
  ],
  ["keys share no slots", one, [{ key: "one" }, { key: "two" }], [0, 0]],
  [
    "a 429 delays all requests of its key by its wait, and no others",
    {},
    [{ limited: 7000 }, { at: 1 }, { at: 5000 }, { at: 1, key: "other" }],
    [0, 7000, 7000, 1]
  ],
  [
    "the longest wait of several 429s counts",
    {},
    [{ lasts: 1, limited: 7000 }, { lasts: 2, limited: 3000 }, { lasts: 3, limited: silent }, { at: 4 }],
    [0, 0, 0, 7001]
  ],
  [
    "a 429 also delays requests that wait for a slot",
    one,
    [{ lasts: 5000, limited: 20_000 }, { at: 1 }],
    [0, 25_000]
  ],
  [
    "a back-off above the cap fails requests at once with the remaining time, until that is below the cap",
    { maxPause: "30 seconds" },
    [{ limited: 90_000 }, { at: 1 }, { at: 59_999 }, { at: MINUTE }],
    [0, refused(89_999), refused(30_001), 90_000]
  ],
  [
    "a back-off above the cap also fails waiting requests, and loses no slot",
    one,
    [{ lasts: 1, limited: 5 * MINUTE }, {}, {}, { at: 5 * MINUTE }],
    [0, refused(5 * MINUTE), refused(5 * MINUTE), 5 * MINUTE + 1]
  ],
  [
    "with a cap of zero, no request waits for a back-off",
    { maxPause: 0 },
    [{ limited: 1000 }, { at: 1 }],
    [0, refused(999)]
  ],
  [
    "no back-off lasts longer than 20 minutes",
    { maxPause: Infinity },
    [{ limited: Infinity }, { at: 1 }],
    [0, 20 * MINUTE]
  ],
  [
    "without Retry-After the back-off is a second, doubled up to 16 seconds while 429s continue",
    { requests: 1, per: 1 },
    many(8, { limited: silent }),
    [0, 1000, 3000, 7000, 15_000, 31_000, 47_000, 63_000]
  ],
  [
    "a minute without a 429 ends the doubling",
    {},
    [
      { limited: silent },
      { at: 60_999, limited: silent },
      { at: 120_000, lasts: 10_000 },
      { at: 122_999, limited: silent },
      { at: 123_000 }
    ],
    [0, 60_999, 120_000, 122_999, 123_999]
  ],
  [
    "all 429s to requests from before the back-off count as one, even late ones",
    {},
    [...many(50, { lasts: 1, limited: silent }), { lasts: 5000, limited: silent }, { at: 2 }, { at: 5001 }],
    [...Array.from({ length: 51 }, () => 0), 1001, 5001]
  ],
  [
    "a late 429 to a request from before the back-off does not prevent the back-off after a later request's 429",
    {},
    [
      { lasts: 1, limited: silent },
      { lasts: 5000, limited: silent },
      { at: 2, lasts: 4000, limited: silent },
      { at: 5002 }
    ],
    [0, 0, 1001, 7001]
  ],
  [
    "a request is prepared without a slot: others are sent meanwhile",
    one,
    [{ prepares: 5000 }, {}],
    [10_000, 0]
  ],
  [
    "a stale token is renewed without a slot: others are sent meanwhile, but later requests after it",
    one,
    [{ lasts: 3000 }, { prepares: 2000, goodFor: 9000 }, { at: 2001 }, { at: 14_000 }],
    [0, 23_000, 13_000, 33_000]
  ],
  [
    "a request waits for whole milliseconds, because a shorter time can be too small to pass",
    one,
    [{ at: 16_358.442234 }, { at: 16_795.912408 }],
    [16_358.442234, 26_358.912408]
  ],
  [
    "requests whose tokens expire in the queue keep their order",
    one,
    [{}, ...many(3, { goodFor: 5000 })],
    [0, 10_000, 20_000, 30_000]
  ]
]

/** The timers that keep the process alive. */
const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length

describe("RequestBudget", () => {
  it.effect.each(cases)("%s", ([, options, script, expected]) =>
    Effect.gen(function* () {
      const budget = options === "unlimited" ? RequestBudget.unlimited : RequestBudget.make(options)
      const played = yield* play(script, budget)
      const seen = new Map<number, Expected>(played.sent.map(beginning))
      for (const [n, remaining] of played.refused) seen.set(n, refused(remaining))
      assert.deepStrictEqual(
        script.map((_, n) => seen.get(n) ?? "interrupted"),
        expected
      )
    })
  )

  it.each<readonly [RequestBudget.Options, expects: string]>([
    ...[NaN, 0, 1.5, Infinity, 2 ** 60].map(
      (requests) =>
        [{ requests }, `"requests" is ${requests}: expected a whole number of at least 1`] as const
    ),
    ...[0, -1, NaN, Duration.infinity].map(
      (per) => [{ per }, `"per" is ${String(per)}: expected a time above 0`] as const
    ),
    [{ maxPause: -1 }, '"maxPause" is -1: expected a time that is not negative']
  ])("the options %o are refused", (options, expects) => {
    expect(() => RequestBudget.make(options)).toThrow(RangeError)
    expect(() => RequestBudget.make(options)).toThrow(expects)
  })

  it.effect("a system clock that is put back by an hour delays no request", () =>
    Effect.gen(function* () {
      const { clock, putBack } = adjustable(yield* Clock.Clock)
      const spend = spending(RequestBudget.make(one))
      const fiber = yield* Effect.all([spend(Effect.void), Effect.sync(putBack), spend(Effect.void)]).pipe(
        Effect.provideService(Clock.Clock, clock),
        Effect.forkChild
      )
      yield* TestClock.adjust("10 seconds")
      assert.isDefined(fiber.pollUnsafe())
    })
  )

  it.effect("the next request of any key drops idle keys, without a timer", () =>
    Effect.gen(function* () {
      setFlagsFromString("--expose-gc")
      const collectGarbage: () => void = runInNewContext("gc")
      const queues: Array<WeakRef<object>> = []
      const spend = makeSpend({ limit: 1, window: 10_000 }, () => {
        const slots: SharedSlots = {
          take: () => Effect.succeedNone,
          leave: () => Effect.void,
          giveBack: () => Effect.void,
          backOff: () => Effect.void
        }
        queues.push(new WeakRef(slots))
        return slots
      })(0)
      const keep = Effect.forEach(
        Array.from({ length: 1000 }, (_, n) => n),
        (n) => spend(`key ${n}`, plain(Effect.void))
      )
      const kept = Effect.promise(async () => {
        await new Promise(setImmediate)
        collectGarbage()
        return queues.filter((queue) => queue.deref() !== undefined).length
      })
      const before = timers()
      yield* TestClock.withLive(keep)
      assert.isAtMost(timers(), before)
      yield* keep
      assert.strictEqual(yield* kept, 2000)
      yield* TestClock.adjust("10 seconds")
      yield* spend("another key", plain(Effect.void))
      assert.strictEqual(yield* kept, 1001, "the keys of the live clock, and this one")
    })
  )

  it.effect("a wait is an event of the caller's span, a metric and a debug line", () =>
    Effect.gen(function* () {
      const [seen, layer] = observe()
      const spend = spending(RequestBudget.make(one))
      yield* spend(Effect.void)
      const fiber = yield* spend(Effect.void).pipe(
        Effect.withSpan("caller"),
        Effect.provide(layer),
        Effect.forkChild
      )
      yield* TestClock.adjust("10 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        seen.spans[0]?.events.map(([name, , attributes]) => [name, attributes]),
        [["sailpoint.budget.wait", { "sailpoint.budget.wait.duration": 10 }]]
      )
      assert.deepStrictEqual(
        seen.metrics().map(({ id, state }) => [id, "sum" in state && state.sum]),
        [["sailpoint.bulk_upload.budget.wait", 10]]
      )
      assert.isTrue(seen.logs.some((line) => line.includes("Waited 10 s for a slot")))
    })
  )

  it.live(
    "clients of one process share the limit of a client ID and API version, and lease slots for their timeouts",
    () =>
      Effect.gen(function* () {
        const sandbox = yield* Sandbox.Sandbox
        const keys: Array<string> = []
        const budget = RequestBudget.make()
        const noting: RequestBudget.RequestBudget = {
          spend: (key, request) =>
            Effect.suspend(() => {
              keys.push(`${key}, ${Duration.format(request.deadline)}`)
              return budget.spend(key, request)
            })
        }
        const ask = (options: Partial<Options>) =>
          Effect.flatMap(BulkUploads, ({ status }) => status(Source.named("Done").sourceId)).pipe(
            Effect.provide(client({ ...options, requestBudget: noting }))
          )
        const reader = { clientId: "sandbox-reader", clientSecret: Redacted.make("reader-secret") }
        for (const options of [
          {},
          {},
          { apiVersion: "v1" },
          { auth: reader, attemptTimeout: "1 minute" }
        ] as const)
          yield* ask(options)
        yield* Effect.ignore(ask({ auth: { accessToken: Redacted.make(" canary\n") } }))
        const digest = createHash("sha256").update("canary").digest("hex")
        assert.deepStrictEqual(
          keys.filter((key) => !key.includes(" token,")),
          [
            `${sandbox.url} sandbox v2024, 10s`,
            `${sandbox.url} sandbox v2024, 10s`,
            `${sandbox.url} sandbox v1, 10s`,
            `${sandbox.url} sandbox-reader v2024, 1m`,
            `${sandbox.url} token#${digest} v2024, 10s`
          ]
        )
      }).pipe(Effect.provide(Sandbox.layer()))
  )

  it.effect.each(Array.from({ length: 40 }, (_, n) => n + 3))(
    "the limit holds if a fiber is suspended after every %d steps",
    (steps) =>
      Effect.gen(function* () {
        const budget = RequestBudget.make({ requests: 5 })
        const { sent } = yield* Effect.provideService(
          play(many(20), budget),
          References.MaxOpsBeforeYield,
          steps
        )
        assert.strictEqual(sent.filter(({ begin }) => begin < 10_000).length, 5)
      })
  )

  it.live("a request that is interrupted at any moment blocks no other", () =>
    Effect.gen(function* () {
      for (let moment = 0; moment < 100; moment += 1) {
        const spend = spending(RequestBudget.make({ requests: 1, per: 1 }))
        yield* spend(Effect.void)
        const leaver = yield* spend(Effect.void).pipe(
          Effect.provideService(References.MaxOpsBeforeYield, 3 + (moment % 5)),
          Effect.forkChild
        )
        yield* Effect.repeat(Effect.yieldNow, { times: Math.floor(moment / 5) })
        yield* Effect.forkChild(Fiber.interrupt(leaver))
        yield* spend(Effect.void)
      }
    })
  )

  it.effect(
    "a request waits behind the first in the queue, even before that one wakes for its free slot",
    () =>
      Effect.gen(function* () {
        const { clock } = adjustable(yield* Clock.Clock)
        const late: Clock.Clock = {
          ...clock,
          sleep: (duration) => clock.sleep(Duration.sum(duration, Duration.millis(5)))
        }
        const order: Array<number> = []
        const spend = (n: number) =>
          spending(budget)(Effect.sync(() => void order.push(n))).pipe(
            Effect.provideService(Clock.Clock, late),
            Effect.forkChild
          )
        const budget = RequestBudget.make(one)
        yield* spend(0)
        yield* spend(1)
        yield* TestClock.adjust("10002 millis")
        yield* spend(2)
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(order, [0, 1, 2])
      })
  )
})
