/** The retries and the waits of the server's services, with scripted answers on the test clock. */
import { assert, describe, it } from "@effect/vitest"
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as ServiceLayer from "../../src/handlers/ServiceLayer.ts"

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
const log = { logLevel: "None", logFormat: "logfmt" } as const

/** The services, and the URLs and times of their requests, which all get this answer. */
const answering = (retries: ServiceLayer.Retries, answer: () => Response) =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock
    const sentAt: Array<number> = []
    const settings = {
      baseUrl: "https://acme.api.identitynow.com",
      // Clients with one token share a rate limit, so every test has a different token.
      auth: { accessToken: Redacted.make(crypto.randomUUID()) },
      apiVersion: "v2024",
      allowedHosts: [],
      requestBudget: undefined,
      countRecords: false,
      auditEvents: false
    } as const
    const fetch = async () => {
      sentAt.push(clock.currentTimeMillisUnsafe() / 1000)
      return answer()
    }
    const services = yield* Layer.build(ServiceLayer.layer(settings, log, retries, Layer.empty))
    const run = <A, E>(call: Effect.Effect<A, E, ServiceLayer.Services>) =>
      call.pipe(
        Effect.provideContext(services),
        Effect.provideService(FetchHttpClient.Fetch, fetch),
        Effect.exit,
        Effect.forkChild
      )
    return { run, sentAt }
  })

const settled = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
const pass = (seconds: number) =>
  Effect.repeat(Effect.andThen(TestClock.adjust("100 millis"), settled), { times: seconds * 10 - 1 })

const status = Effect.flatMap(BulkUploads, ({ check }) => check(sourceId))
const limited = (seconds: number) => () =>
  new Response("", { status: 429, headers: { "retry-after": String(seconds) } })
const failing = () => new Response("", { status: 503 })

describe("the services of the server", () => {
  it.effect.each([
    ["retries a failing status request four times", "patient", failing, 5],
    ["waits if SailPoint asks for 20 s", "patient", limited(20), 2],
    ["fails at once if SailPoint asks for 21 s", "patient", limited(21), 1],
    ["retries a failing status request once during check", "brisk", failing, 2],
    ["waits during check if SailPoint asks for 5 s", "brisk", limited(5), 2],
    ["fails at once during check if SailPoint asks for 6 s", "brisk", limited(6), 1]
  ] as const)("the server %s", ([, retries, answer, requests]) =>
    Effect.gen(function* () {
      const { run, sentAt } = yield* answering(retries, answer)
      const call = yield* run(status)
      yield* pass(45)
      yield* Fiber.join(call)
      assert.lengthOf(sentAt, requests)
    })
  )

  it.effect(
    "a call fails at once while more than 20 s of the back-off remain, and waits once 20 s remain",
    () =>
      Effect.gen(function* () {
        const { run, sentAt } = yield* answering("patient", limited(21))
        yield* Fiber.join(yield* run(status))
        yield* pass(0.9)
        yield* Fiber.join(yield* run(status))
        assert.deepStrictEqual(sentAt, [0])
        yield* pass(0.1)
        yield* run(status)
        yield* pass(20)
        assert.deepStrictEqual(sentAt, [0, 21])
      })
  )
})
