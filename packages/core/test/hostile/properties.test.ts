/** Properties of answers with any bytes, of any ID, and of any `Retry-After`. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Schema from "effect/Schema"
import { getBulkUploadStatus } from "../../src/BulkUploads.ts"
import { readRetryAfter } from "../../src/internal/retryAfter.ts"
import { outcome } from "./support/outcome.ts"
import * as RawTenant from "./support/rawTenant.ts"
import { granting, service } from "./support/service.ts"
import * as wire from "./support/wire.ts"

/** A hundred exchanges take less than a second on an idle machine, and longer on a busy one. */
const PATIENCE = 60_000

const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const Status = between(200, 999)
const Bytes = Schema.Array(between(0, 255)).check(Schema.isMaxLength(300))

/** Makes a call that gets this answer; `outcome` checks the result against the union and its schema. */
const answered = (answer: RawTenant.Answer, id = RawTenant.idOf(1)) =>
  Effect.gen(function* () {
    const { requests, url } = yield* RawTenant.make(granting(answer))
    const live = service(url, FetchHttpClient.layer)
    const result = yield* Effect.provide(outcome(getBulkUploadStatus(id)), live)
    const sent = requests.filter((request) => !RawTenant.isToken(request))
    return { result, paths: sent.map(({ path }) => path) }
  })

describe("the result", () => {
  it.effect.prop(
    "the result is in the union after any status with any bytes",
    [Status, Bytes],
    ([status, bytes]) => answered(wire.answer(status, Uint8Array.from(bytes))),
    PATIENCE
  )

  it.effect.prop(
    "the result is in the union after any status with any JSON",
    [Status, Schema.Json],
    ([status, json]) => answered(wire.json(status, json)),
    PATIENCE
  )

  it.effect.prop(
    "the result is in the union after any status with any texts in the documented fields",
    [Status, Schema.String, Schema.String],
    ([status, a, b]) =>
      answered(
        wire.json(status, { detailCode: a, trackingId: b, messages: [{ text: a }], error: b, status: a })
      ),
    PATIENCE
  )

  it.effect.prop(
    "the result is in the union after any bytes instead of an answer",
    [Bytes],
    ([bytes]) => answered(wire.lastBytes(Uint8Array.from(bytes))),
    PATIENCE
  )
})

/** A valid ID with any text inserted at any position. */
const UUID = "e136567d-e87e-4d02-9e60-b3c3c55db56d"
const PIECES = ["/", "..", "%2f", "\\", "?", "#", "\0", "\u2215", "@", "{id}", "\r\n", ";", "%00", "//"]
const Changed = Schema.Struct({
  at: between(0, 36),
  cut: between(0, 3),
  piece: Schema.Union([Schema.Literals(PIECES), Schema.String])
})

describe("a changed ID", () => {
  const BELOW = /^\/v2024\/non-employee-sources\/[0-9a-fA-F-]{32,36}\/non-employee-bulk-upload\/status$/u

  it.effect.prop(
    "a valid ID with any text at any position is refused, or sent in the path of the endpoint",
    [Changed],
    ([{ at, cut, piece }]) =>
      Effect.gen(function* () {
        const id = UUID.slice(0, at) + piece + UUID.slice(at + cut)
        const { paths, result } = yield* answered(wire.json(200, {}), id)
        assert.strictEqual(paths.length, result === "InvalidSourceId" ? 0 : 1)
        for (const path of paths) {
          assert.match(path, BELOW)
          assert.include(path, id)
        }
      }),
    PATIENCE
  )
})

describe("a Retry-After", () => {
  it.effect.prop("a Retry-After is read or absent, and never negative", [Schema.String], ([header]) =>
    Effect.sync(() => {
      const read = readRetryAfter(header, 0)
      assert.isTrue(read === undefined || Duration.toMillis(read) >= 0)
    })
  )

  it.effect.prop(
    "a Retry-After of any seconds is never read as a shorter wait",
    [between(0, 10_000), between(0, 999)],
    ([whole, part]) =>
      Effect.sync(() => {
        const read = readRetryAfter(`${whole}.${String(part).padStart(3, "0")}`, 0)
        assert.isAtLeast(Duration.toMillis(read ?? Duration.zero), whole * 1000 + part)
      })
  )
})
