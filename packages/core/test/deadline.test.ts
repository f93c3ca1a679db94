/** The deadline of an attempt, over a scripted client. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
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
      makeExchange(),
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
  it.effect("ends an attempt whose client ignores its interruption", () =>
    Effect.gen(function* () {
      const exchange = yield* exchangeOver(Effect.promise(() => new Promise<Response>(() => {})))
      const fiber = yield* Effect.forkChild(givenUpAfter(exchange("10 seconds")))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), 10_000)
    })
  )
})
