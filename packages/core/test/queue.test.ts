/** A queue that is longer than a token lives: a scripted tenant, because only time is looked at here. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as RequestBudget from "../src/RequestBudget.ts"
import { auth } from "./support/tenant.ts"

/** A tenant whose tokens live for 15 s, the shortest that SailPoint allows. */
const shortLived = () => {
  const answers: Array<number> = []
  let tokens = 0
  const client = HttpClient.make((request, url) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      if (url.pathname === "/oauth/token") {
        tokens += 1
        const body = { access_token: String(now + 15_000), expires_in: 15 }
        return HttpClientResponse.fromWeb(request, Response.json(body))
      }
      const status = Number(request.headers["authorization"]?.slice(7)) > now ? 200 : 401
      answers.push(status)
      return HttpClientResponse.fromWeb(request, Response.json({ status: "PENDING" }, { status }))
    })
  )
  return { answers, tokens: () => tokens, layer: Layer.succeed(HttpClient.HttpClient, client) }
}

/** Lets a second pass, and every promise that waits for its turn have it. */
const second = Effect.andThen(
  TestClock.adjust("1 second"),
  Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
)

describe("calls that wait for longer than a token lives", () => {
  it.effect("are sent with a token that is good when they are sent", () =>
    Effect.gen(function* () {
      const { answers, layer, tokens } = shortLived()
      const sourceIds = Array.from({ length: 500 }, (_, n) => n.toString(16).padStart(32, "0"))
      const fiber = yield* Effect.flatMap(BulkUploads.BulkUploads, ({ statuses }) =>
        statuses(sourceIds, { concurrency: "unbounded" })
      ).pipe(
        Effect.provide(
          BulkUploads.layer({
            baseUrl: "https://acme.api.identitynow.com",
            auth,
            requestBudget: RequestBudget.make()
          }).pipe(Layer.provide(layer))
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
