/** Connections that fail: the causes in their errors, and a proxy that refuses to connect. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientError from "effect/http/HttpClientError"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Fiber from "effect/Fiber"
import * as ApiClient from "../src/ApiClient.ts"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as NonEmployeeSources from "../src/NonEmployeeSources.ts"
import { scriptedHttp } from "./support/scriptedHttp.ts"

type Answer = Response | Error

/** The error of Node's `fetch`, whose reason is the cause of a cause. */
const refused = (status: number) =>
  new TypeError("fetch failed", {
    cause: new Error("Request was cancelled.", {
      cause: Object.assign(new Error(`Proxy response (${status}) !== 200 when HTTP Tunneling`), {
        code: "UND_ERR_ABORTED"
      })
    })
  })

const failing = (answer: () => Answer, call: "status" | "sources" = "status") =>
  Effect.gen(function* () {
    let sent = 0
    const http = scriptedHttp((request) => {
      sent += 1
      const given = answer()
      return given instanceof Response
        ? Effect.succeed(given)
        : Effect.fail(
            new HttpClientError.HttpClientError({
              reason: new HttpClientError.TransportError({ request, cause: given })
            })
          )
    })
    const options = {
      baseUrl: "https://acme.api.identitynow.com",
      auth: { accessToken: Redacted.make("token") }
    }
    const live = Layer.merge(BulkUploads.layerApiClient, NonEmployeeSources.layerApiClient).pipe(
      Layer.provide(ApiClient.layer(options)),
      Layer.provide(http)
    )
    const asked = Effect.gen(function* () {
      if (call === "status") yield* BulkUploads.getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d")
      else yield* (yield* NonEmployeeSources.NonEmployeeSources).list()
    })
    // Building waits for the token's digest, which the test clock cannot advance.
    const services = yield* Layer.build(live)
    const fiber = yield* Effect.forkChild(Effect.flip(Effect.provide(asked, services)))
    yield* TestClock.adjust("5 minutes")
    const error = yield* Fiber.join(fiber)
    assert(error._tag === "ConnectionFailed", error.message)
    return { error, sent }
  }).pipe(Effect.scoped)

const coded = (code: unknown) => Object.assign(new Error("No."), { code })

const chain = (depth: number, last: Error): Error =>
  depth === 0 ? last : new Error("Because.", { cause: chain(depth - 1, last) })

const cyclic = new Error("Round")
cyclic.cause = new Error("and round", { cause: cyclic })

const causes: ReadonlyArray<readonly [string, cause: Error, code: string | undefined]> = [
  ["a code", coded("ECONNRESET"), "ECONNRESET"],
  ["seven causes above a code", chain(7, coded("ECONNRESET")), "ECONNRESET"],
  ["eight causes above a code", chain(8, coded("ECONNRESET")), undefined],
  ["a cycle of causes", cyclic, undefined],
  ["a cause that is not an error", new Error("No.", { cause: "ECONNRESET" }), undefined],
  ["a code that is a number", Object.assign(coded(7), { cause: coded("EPIPE") }), "EPIPE"],
  ["several errors", new AggregateError([coded("ECONNREFUSED"), coded("EPIPE")]), "ECONNREFUSED"],
  ["no error among several, and a cause", new AggregateError([], "", { cause: coded("EPIPE") }), "EPIPE"],
  ["no error among several", new AggregateError([]), undefined]
]

describe("a connection that fails", () => {
  it.effect.each(causes)("a connection that fails with %s has the known code", ([, cause, code]) =>
    Effect.map(
      failing(() => cause),
      ({ error }) => assert.strictEqual(error.code, code)
    )
  )
})

const refusals: ReadonlyArray<readonly [string, "no" | "a", () => Answer, status: number, says: string]> = [
  ["407 to CONNECT", "no", () => refused(407), 407, "a user name and a password"],
  ["403 to CONNECT", "no", () => refused(403), 403, "NO_PROXY"],
  ["405 to CONNECT", "no", () => refused(405), 405, "NO_PROXY"],
  ["407 to a request", "no", () => new Response("", { status: 407 }), 407, "a user name"],
  ["502 to CONNECT", "a", () => refused(502), 502, "can reach that host"]
]

describe("a proxy", () => {
  it.effect.each(refusals)(
    "a proxy that answers %s is reported, and receives %s retry",
    ([, retry, answer, proxyStatus, says]) =>
      Effect.gen(function* () {
        for (const call of ["status", "sources"] as const) {
          const { error, sent } = yield* failing(answer, call)
          assert.deepInclude({ ...error }, { proxyStatus, host: "acme.api.identitynow.com" })
          assert.include(error.summary, `The proxy answered ${proxyStatus} and did not connect to acme.api`)
          assert.include(error.nextStep, says)
          assert.deepStrictEqual([error.retryable, sent > 1], [retry === "a", retry === "a"])
        }
      })
  )
})
