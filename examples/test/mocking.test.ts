/** Tests your code that uses the library: with a mock of the service, with the sandbox and a fault, and with a test clock. */
import { assert, describe, it, layer } from "@effect/vitest"
import { BulkUploadError, BulkUploads, RetryPolicy, SourceId } from "@sailpoint-bulk-upload/core"
import { Environment, Fault, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { afterUpload, digest } from "../src/digest.ts"

describe("with a mock of the service", () => {
  const partners = SourceId.SourceId.make("a".repeat(32))
  const vendors = SourceId.SourceId.make("f".repeat(32))

  // A call of a method that the mock leaves out is a defect with its name.
  const Uploads = Layer.mock(BulkUploads.BulkUploads)({
    statuses: () =>
      Effect.succeed([
        Result.succeed({ sourceId: partners, status: "ERROR" }),
        Result.fail(new BulkUploadError.Forbidden({ sourceId: vendors }))
      ])
  })

  it.effect("the mail has a failed upload and a forbidden source", () =>
    Effect.gen(function* () {
      const text = yield* digest([
        { name: "Partners", sourceId: partners },
        { name: "Vendors", sourceId: vendors }
      ])
      assert.match(text, /^Partners: the upload failed\.\nVendors: unknown\. .*403/u)
    }).pipe(Effect.provide(Uploads))
  )
})

describe("with the sandbox", () => {
  const Live = BulkUploads.layerConfig({ retryPolicy: RetryPolicy.none }).pipe(
    Layer.provide(FetchHttpClient.layer),
    Layer.provideMerge(Environment.layer())
  )

  layer(Live)((it) => {
    it.effect("the mail reports an outage of SailPoint, and the next mail does not", () =>
      Effect.gen(function* () {
        const { fail } = yield* Sandbox.Sandbox
        yield* fail({ endpoint: "status", fault: Fault.gatewayPage(503) })
        const subjects = [Source.named("Done")]
        assert.match(yield* digest(subjects), /^Done: unknown\. SailPoint answered 503/u)
        assert.strictEqual(yield* digest(subjects), "Every upload is in order.")
      })
    )
  })
})

describe("with a test clock", () => {
  const running = HttpClient.make((request) =>
    Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ status: "IN_PROGRESS" })))
  )
  const Uploads = BulkUploads.layer({
    baseUrl: "https://acme.api.identitynow.com",
    auth: { accessToken: Redacted.make("a-token") }
  }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, running)))

  it.effect("the mail reports an upload that still runs after an hour", () =>
    Effect.gen(function* () {
      const mail = yield* Effect.forkChild(afterUpload({ name: "Interns", sourceId: "b".repeat(32) }))
      yield* TestClock.adjust("59 minutes")
      assert.isUndefined(mail.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* Fiber.join(mail), "Interns: still running after an hour.")
    }).pipe(Effect.provide(Uploads))
  )
})
