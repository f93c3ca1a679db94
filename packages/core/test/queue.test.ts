/** Calls that wait for the rate limit, over a scripted HTTP client. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as RequestBudget from "../src/RequestBudget.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { isToken, scriptedHttp } from "./support/scriptedHttp.ts"
import { auth } from "./support/tenant.ts"

const acme = { baseUrl: "https://acme.api.identitynow.com", auth }

/** A tenant with tokens of 15 s, the shortest lifetime that SailPoint allows. */
const shortLived = () => {
  const answers: Array<number> = []
  let tokens = 0
  const layer = scriptedHttp((request) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      if (isToken(request)) {
        tokens += 1
        return Response.json({ access_token: String(now + 15_000), expires_in: 15 })
      }
      const status = Number(request.headers["authorization"]?.slice(7)) > now ? 200 : 401
      answers.push(status)
      return Response.json({ status: "PENDING" }, { status })
    })
  )
  return { answers, tokens: () => tokens, layer }
}

/** Runs the continuations of settled promises. */
const settled = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

const second = Effect.andThen(TestClock.adjust("1 second"), settled)

/** A tenant that answers the first request to an endpoint with 429, without a wait. */
const limitedOnce = (limited: "status" | "token") => {
  const times: Array<number> = []
  const layer = scriptedHttp((request) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const endpoint = isToken(request) ? "token" : "status"
      if (endpoint === limited && times.push(now) === 1) return new Response("", { status: 429 })
      return Response.json(
        endpoint === "token" ? { access_token: "t", expires_in: 600 } : { status: "PENDING" }
      )
    })
  )
  return { times, layer }
}

const limits = (["status", "token"] as const).flatMap((endpoint) => [
  [endpoint, "no retries", RetryPolicy.none] as const,
  [endpoint, "the default policy", RetryPolicy.make()] as const,
  [endpoint, "a policy with shorter waits", RetryPolicy.make({ backoff: "10 millis" })] as const
])

describe("a 429", () => {
  it.effect.each(limits)(
    "a 429 without Retry-After to a %s request delays all clients by a second, with %s",
    ([limited, , retryPolicy]) =>
      Effect.gen(function* () {
        const { layer, times } = limitedOnce(limited)
        const requestBudget = RequestBudget.make()
        const ask = (sourceId: string) =>
          BulkUploads.getBulkUploadStatus(sourceId).pipe(
            Effect.provide(
              BulkUploads.layer({ ...acme, requestBudget, retryPolicy }).pipe(Layer.provide(layer)),
              { local: true }
            ),
            Effect.forkChild
          )
        yield* ask("0".repeat(32))
        yield* Effect.repeat(settled, { times: 5 })
        const other = yield* ask("1".repeat(32))
        yield* Effect.repeat(Effect.andThen(TestClock.adjust("99 millis"), settled), { times: 9 })
        assert.deepStrictEqual(times, [0])
        yield* Effect.repeat(second, { until: () => other.pollUnsafe() !== undefined })
        assert.strictEqual((yield* Fiber.join(other)).status, "PENDING")
      })
  )
})

describe("waiting calls", () => {
  it.effect("calls that wait longer than a token is valid are sent with a valid token", () =>
    Effect.gen(function* () {
      const { answers, layer, tokens } = shortLived()
      const sourceIds = Array.from({ length: 500 }, (_, n) => n.toString(16).padStart(32, "0"))
      const fiber = yield* Effect.flatMap(BulkUploads.BulkUploads, ({ statuses }) =>
        statuses(sourceIds, { concurrency: "unbounded" })
      ).pipe(
        Effect.provide(
          BulkUploads.layer({ ...acme, requestBudget: RequestBudget.make() }).pipe(Layer.provide(layer))
        ),
        Effect.forkChild
      )
      yield* Effect.repeat(second, { times: 60 })
      const results = yield* Fiber.join(fiber)
      assert.isTrue(results.every(({ _tag }) => _tag === "Success"))
      assert.deepStrictEqual([answers.length, new Set(answers)], [500, new Set([200])])
      assert.isAtMost(tokens(), 5)
    })
  )
})
