/** Compressed answers. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import * as BulkUploads from "../src/BulkUploads.ts"
import * as RawTenant from "./hostile/support/rawTenant.ts"
import * as wire from "./hostile/support/wire.ts"
import { scriptedHttp } from "./support/scriptedHttp.ts"

const encodings = [
  ["gzip", gzipSync],
  ["GZIP", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["gzip, br", (text: string) => brotliCompressSync(gzipSync(text))]
] as const

const ask = (baseUrl: string, client: Layer.Layer<HttpClient> = FetchHttpClient.layer) =>
  Effect.provide(
    BulkUploads.getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d"),
    BulkUploads.layer({ baseUrl, auth: { accessToken: Redacted.make("token") } }).pipe(Layer.provide(client))
  )

describe("a compressed answer", () => {
  it.live.each(encodings)("an answer in %s is read with a 200 and a 403", ([encoding, compress]) =>
    Effect.gen(function* () {
      const headers = { "content-encoding": encoding }
      const answer = (status: number, text: string) =>
        Effect.flatMap(RawTenant.make(wire.answer(status, compress(text), headers)), ({ url }) => ask(url))
      assert.strictEqual((yield* answer(200, '{"status":"ERROR"}')).status, "ERROR")
      const error = yield* Effect.flip(answer(403, '{"trackingId":"t-1"}'))
      assert.deepInclude({ ...error }, { _tag: "Forbidden", trackingId: "t-1" })
    })
  )
})

/** Returns the error of a call whose HTTP client does not decode the answer. */
const failing = (contentEncoding: string | undefined, body: string | Buffer) =>
  Effect.gen(function* () {
    const headers = contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }
    const client = scriptedHttp(() => Effect.succeed(new Response(Buffer.from(body), { headers })))
    const error = yield* Effect.flip(ask("https://acme.api.identitynow.com", client))
    assert(error._tag === "UnexpectedResponse")
    return error
  })

describe("an HTTP client that does not decode", () => {
  it.live.each([...encodings, ["deflate", deflateRawSync] as const])(
    "an answer in %s that the client does not decode fails with the name of the encoding",
    ([contentEncoding, compress]) =>
      Effect.gen(function* () {
        const error = yield* failing(contentEncoding, compress('{"status":"COMPLETED"}'))
        assert.strictEqual(error.contentEncoding, contentEncoding)
        assert.include(error.summary, `compressed (${contentEncoding})`)
        assert.include(error.nextStep, "Use an HTTP client that decodes compressed answers")
        assert.notInclude(error.message, "login page")
        assert.notMatch(error.message, /[\p{Cc}\uFFFD]/u)
      })
  )

  it.live("the name of a content encoding is cut to 40 characters", () =>
    Effect.gen(function* () {
      const error = yield* failing("x".repeat(41), "\u0000")
      assert.strictEqual(error.contentEncoding, `${"x".repeat(39)}…`)
    })
  )

  const others = [
    ["a page with a false encoding", "gzip", "<html></html>"],
    ["bytes without an encoding", undefined, "\u0000\u0001"],
    ["the encoding identity", "identity", "<html></html>"]
  ] as const

  it.live.each(others)("%s is not reported as a compressed answer", ([, contentEncoding, body]) =>
    Effect.gen(function* () {
      const error = yield* failing(contentEncoding, body)
      assert.isUndefined(error.contentEncoding)
      assert.include(error.nextStep, "login page")
    })
  )
})
