/** The deadline and the context of an attempt, whoever else is under way: scripted, because only time counts. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as TestClock from "effect/testing/TestClock"
import { makeExchange } from "../src/internal/reply.ts"

const request = HttpClientRequest.get("https://acme.api.identitynow.com/")

/** One exchange after the other over a client that does so with each. */
const exchangeOver = (answer: Effect.Effect<Response>) =>
  Effect.map(
    Effect.provideService(
      makeExchange,
      HttpClient.HttpClient,
      HttpClient.make((request) =>
        Effect.map(answer, (response) => HttpClientResponse.fromWeb(request, response))
      )
    ),
    (exchange) => (deadline: Duration.Input) =>
      exchange(request, { deadline: Duration.fromInputUnsafe(deadline), maxBodyBytes: 1024 }, [])
  )

/** The milliseconds that it takes to be given up. */
const givenUpAfter = (attempt: Effect.Effect<unknown, { readonly _tag: string }>) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    assert.strictEqual((yield* Effect.flip(attempt))._tag, "TimedOut")
    return (yield* Clock.currentTimeMillis) - start
  })

describe("the deadline of an attempt", () => {
  it.effect("is its own, whoever came before and whoever is due first", () =>
    Effect.gen(function* () {
      const exchange = yield* exchangeOver(Effect.never)
      const fibers = new Array<Fiber.Fiber<number, unknown>>()
      for (const deadline of [10_000, 4000, 10_000]) {
        fibers.push(yield* Effect.forkChild(givenUpAfter(exchange(deadline))))
        yield* TestClock.adjust("1 second")
      }
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.joinAll(fibers), [10_000, 4000, 10_000])
    })
  )

  it.effect("is kept also while one who goes by another clock waits", () =>
    Effect.gen(function* () {
      const exchange = yield* exchangeOver(Effect.never)
      const other = yield* Effect.forkChild(exchange("10 seconds"))
      yield* TestClock.adjust("1 second")
      const failure = yield* TestClock.withLive(Effect.flip(exchange("5 millis")))
      assert.strictEqual(failure._tag, "TimedOut")
      yield* Fiber.interrupt(other)
    })
  )

  it.effect("gives up a client that cannot be told to stop", () =>
    Effect.gen(function* () {
      const exchange = yield* exchangeOver(Effect.promise(() => new Promise<Response>(() => {})))
      const fiber = yield* Effect.forkChild(givenUpAfter(exchange("10 seconds")))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), 10_000)
    })
  )

  it.effect("leaves nothing to wait for, however the attempt ends", () =>
    Effect.gen(function* () {
      let asleep = 0
      const clock = yield* Clock.Clock
      const counting = new Proxy(clock, {
        get: (target, key) =>
          key === "sleep"
            ? (duration: Duration.Duration) =>
                Effect.suspend(() => {
                  asleep += 1
                  return Effect.ensuring(
                    target.sleep(duration),
                    Effect.sync(() => (asleep -= 1))
                  )
                })
            : Reflect.get(target, key)
      })
      const answers = {
        "at once": Effect.sync(() => new Response("{}")),
        later: Effect.as(Effect.yieldNow, new Response("{}")),
        "by a mistake": Effect.die("a mistake"),
        "by giving itself up": Effect.interrupt
      }
      for (const [how, answer] of Object.entries(answers)) {
        const exchange = yield* exchangeOver(answer)
        yield* Effect.exit(exchange("10 seconds")).pipe(Effect.provideService(Clock.Clock, counting))
        assert.strictEqual(asleep, 0, how)
      }
      const exchange = yield* exchangeOver(Effect.never)
      const fiber = yield* exchange("10 seconds").pipe(
        Effect.provideService(Clock.Clock, counting),
        Effect.forkChild({ startImmediately: true })
      )
      assert.strictEqual(asleep, 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(asleep, 0)
    })
  )
})

class Caller extends Context.Reference<string>("test/Caller", { defaultValue: () => "nobody" }) {}

describe("the context of an attempt", () => {
  it.effect("is its own caller's, with the settings of fetch that were given, but for redirects", () =>
    Effect.gen(function* () {
      const seen = new Array<unknown>()
      const exchange = yield* exchangeOver(
        Effect.gen(function* () {
          const { headers, redirect } = yield* FetchHttpClient.RequestInit
          seen.push([yield* Caller, headers, redirect])
          return new Response("{}")
        }) as Effect.Effect<Response>
      ).pipe(
        Effect.provideService(FetchHttpClient.RequestInit, { headers: { via: "proxy" }, redirect: "follow" })
      )
      for (const caller of ["a", "b", "b"]) {
        yield* Effect.provideService(exchange("10 seconds"), Caller, caller)
      }
      assert.deepStrictEqual(
        seen,
        ["a", "b", "b"].map((caller) => [caller, { via: "proxy" }, "manual"])
      )
    })
  )
})
