import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import type { BulkUploadError } from "../src/BulkUploadError.ts"
import { getBulkUploadStatus, layer } from "../src/BulkUploads.ts"
import * as RetryPolicy from "../src/RetryPolicy.ts"
import { ApiVersion } from "../src/internal/tenant.ts"
import { scriptedHttp } from "./support/scriptedHttp.ts"
import { plan, tenant } from "./support/tenant.ts"

const done = Source.named("Done")

/** Returns the error of a call whose status request meets the fault. */
const failing = (fault: Fault.Fault) =>
  Effect.andThen(plan("status", fault), Effect.flip(getBulkUploadStatus(done.sourceId))).pipe(
    Effect.provide(tenant({ retryPolicy: RetryPolicy.none }))
  )

const json = (status: number, content: unknown, headers = {}): Fault.Fault => ({
  _tag: "Respond",
  status,
  body: content,
  headers
})

describe("getBulkUploadStatus", () => {
  const answers = [
    ["Queued", "PENDING"],
    ["Running", "IN_PROGRESS"],
    ["Done", "COMPLETED"],
    ["Failed", "ERROR"],
    ["Contractors", null],
    ["No status", null]
  ] as const

  it.live.each(answers)("the status of the source %s is %s under both of its IDs", ([name, status]) =>
    Effect.gen(function* () {
      const { id, sourceId } = Source.named(name)
      assert.deepStrictEqual<unknown>(yield* getBulkUploadStatus(sourceId), { sourceId, status })
      assert.deepStrictEqual<unknown>(yield* getBulkUploadStatus(id), { sourceId: id, status })
    }).pipe(Effect.provide(tenant()))
  )

  it.live.each(ApiVersion.literals)("the status request works with %s of the API", (apiVersion) =>
    Effect.gen(function* () {
      const base = apiVersion === "v1" ? "/non-employee-sources/v1" : `/${apiVersion}/non-employee-sources`
      const { status } = yield* getBulkUploadStatus(done.sourceId)
      assert.strictEqual(status, "COMPLETED")
      const [, { path } = { path: "" }] = yield* (yield* Sandbox.Sandbox).received
      assert.strictEqual(path, `${base}/${done.sourceId}/non-employee-bulk-upload/status`)
    }).pipe(Effect.provide(tenant({ apiVersion })))
  )

  it.live("the requests have the documented headers, and no trace or cookie", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox.Sandbox
      yield* Effect.withSpan(getBulkUploadStatus(done.sourceId), "caller")
      const [token, status] = yield* sandbox.received
      assert.strictEqual(token?.headers["content-type"], "application/x-www-form-urlencoded")
      assert.strictEqual(token?.path, "/oauth/token")
      assert.match(status?.headers["authorization"] ?? "", /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/u)
      assert.strictEqual(status?.headers["accept"], "application/json")
      for (const header of ["traceparent", "b3", "cookie"]) assert.isUndefined(status?.headers[header])
    }).pipe(Effect.provide(tenant()))
  )

  const body = Source.errorBody
  const failures: ReadonlyArray<readonly [string, Fault.Fault, Partial<Record<string, unknown>>]> = [
    [
      "a documented 400",
      json(400, body(400, "400.1 Bad Request Content", "No.")),
      {
        _tag: "BadRequest",
        detailCode: "400.1 Bad Request Content",
        trackingId: "5a4dfa17000000000000000000000400",
        messages: ["No."]
      }
    ],
    [
      "a documented 429",
      Fault.rateLimited("7"),
      { _tag: "RateLimited", messages: ["Rate Limit Exceeded"], attempts: 1 }
    ],
    [
      "a 403 with other types",
      json(403, {
        detailCode: 1,
        trackingId: {},
        messages: "no",
        causes: [null, { text: 1 }, { text: "Why." }]
      }),
      { _tag: "Forbidden", messages: ["Why."], detailCode: undefined, trackingId: undefined }
    ],
    [
      "a 403 with the same message and cause",
      json(403, { messages: [{ text: "A." }], causes: [{ text: "A." }] }),
      { _tag: "Forbidden", messages: ["A."] }
    ],
    [
      "a list of many messages",
      json(403, { messages: [..."abcdefg"].map((text) => ({ text })) }),
      { _tag: "Forbidden", messages: [..."abcde"] }
    ],
    [
      "a redirect",
      json(302, undefined, { location: "https://evil.example/steal" }),
      {
        _tag: "UnexpectedResponse",
        reason:
          "it redirects to https://evil.example/steal, which is not followed because it would carry the credentials."
      }
    ],
    [
      "a new status value",
      json(200, { status: "CANCELLED" }),
      {
        _tag: "UnexpectedResponse",
        httpStatus: 200,
        body: '{"status":"CANCELLED"}',
        reason: "the status is CANCELLED, a value that this version does not know.",
        unknownStatus: "CANCELLED",
        nextStep:
          "Look at the upload in SailPoint, and update this software: a newer version may know this value."
      }
    ],
    ["half a 403", { _tag: "CutOff", status: 403 }, { _tag: "Forbidden" }]
  ]

  it.live.each(failures)("%s is a typed error", ([, fault, expected]) =>
    Effect.gen(function* () {
      const error: BulkUploadError = yield* failing(fault)
      const absent = { detailCode: undefined, trackingId: undefined }
      assert.deepInclude({ ...absent, ...error, nextStep: error.nextStep }, expected)
      assert.strictEqual(error.sourceId, done.sourceId)
    })
  )

  it.effect("a character that two chunks of an answer share is read whole", () => {
    const bytes = new TextEncoder().encode('{"messages":[{"text":"Größe"}]}')
    const cut = bytes.indexOf(0xc3) + 1
    const body = () =>
      new ReadableStream({
        start: (stream) => {
          for (const chunk of [bytes.slice(0, cut), bytes.slice(cut)]) stream.enqueue(chunk)
          stream.close()
        }
      })
    const http = scriptedHttp(() => Effect.sync(() => new Response(body(), { status: 403 })))
    const auth = { accessToken: Redacted.make("token") }
    return Effect.gen(function* () {
      const error = yield* Effect.flip(getBulkUploadStatus(done.sourceId))
      assert(error._tag === "Forbidden")
      assert.deepStrictEqual(error.messages, ["Größe"])
    }).pipe(Effect.provide(Layer.provide(layer({ baseUrl: "https://acme.api.identitynow.com", auth }), http)))
  })
})
