/** Connections that fail, in the status call and in the token call, with every HTTP client. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { getBulkUploadStatus } from "../../src/BulkUploads.ts"
import { transports } from "../support/tenant.ts"
import { allowedHosts, type FaultCase, faults } from "./faults.ts"
import { shownBy } from "./support/outcome.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { ACCESS_TOKEN, auth, CLIENT_SECRET, granting, service } from "./support/service.ts"
import * as wire from "./support/wire.ts"

const ask = getBulkUploadStatus(RawTenant.idOf(1))

/** A given token makes the status call the first one; credentials make the token call the first one. */
const ways = [
  ["status", { accessToken: Redacted.make(ACCESS_TOKEN) }],
  ["token", auth]
] as const

/** Short for faults that the deadline ends; for other faults, longer than any test. */
const deadline = (fault: FaultCase) => Duration.millis(fault.outcome === "RequestTimeout" ? 150 : 60_000)

describe.each(transports)("over %s", (_, transport) => {
  describe.each(ways)("the %s call", { concurrent: true, timeout: 60_000 }, (operation, auth) => {
    it.live.each(faults.map((fault) => [fault.name, fault] as const))(
      "%s is a typed error without a secret",
      ([, fault]) =>
        Effect.gen(function* () {
          const url = yield* fault.url
          const options = { auth, allowedHosts, attemptTimeout: deadline(fault) }
          const { everything, exit, outcome } = yield* shownBy(service(url, transport, options))
          assert.strictEqual(outcome, fault.outcome)
          const error = yield* Effect.flip(exit)
          assert(error._tag === fault.outcome)
          assert.strictEqual(error.operation, operation)
          assert.include(error.message, fault.advice)
          for (const secret of [CLIENT_SECRET, ACCESS_TOKEN]) assert.notInclude(everything, secret)
        })
    )
  })

  it.live("a 503 whose body never arrives is reported with its status and its Retry-After", () =>
    Effect.gen(function* () {
      const head = wire.head(503, { "retry-after": "7", "content-length": "10" })
      const tenant = yield* RawTenant.make(granting(wire.bytes(head)))
      const error = yield* Effect.flip(ask).pipe(
        Effect.provide(service(tenant.url, transport, { attemptTimeout: "150 millis" }))
      )
      assert(error._tag === "ServerError")
      assert.deepStrictEqual([error.httpStatus, error.retryAfter], [503, Duration.seconds(7)])
    })
  )

  it.live("a connection that the server closed while idle is not used again, and no call fails", () =>
    Effect.gen(function* () {
      const tenant = yield* RawTenant.make((socket, request) => {
        granting(wire.json(200, { status: "COMPLETED" }))(socket, request)
        socket.end()
      })
      yield* Effect.gen(function* () {
        for (const calls of [1, 2, 3]) {
          yield* ask
          yield* tenant.until(() => tenant.connections().open === 0)
          assert.strictEqual(tenant.requests.length, calls + 1)
        }
      }).pipe(Effect.provide(service(tenant.url, transport)))
    })
  )
})
