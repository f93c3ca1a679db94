/** Compressed answers. That one of 10 MB is not read to its end is tested with the other large bodies. */
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

/** Calls a tenant that answers every request so. */
const answered = (status: number, encoding: string, body: Buffer) =>
  Effect.flatMap(RawTenant.make(wire.answer(status, body, { "content-encoding": encoding })), ({ url }) =>
    ask(url)
  )

describe("a compressed answer", () => {
  it.live.each(encodings)("in %s is read", ([encoding, compress]) =>
    Effect.map(answered(200, encoding, compress('{"status":"ERROR"}')), ({ status }) =>
      assert.strictEqual(status, "ERROR")
    )
  )

  it.live("with a 403 is read too", () =>
    Effect.gen(function* () {
      const body = gzipSync('{"detailCode":"403 Forbidden","trackingId":"t-1"}')
      const error = yield* Effect.flip(answered(403, "gzip", body))
      assert.deepInclude({ ...error }, { _tag: "Forbidden", trackingId: "t-1" })
    })
  )
})

/** An HTTP client that does not decode bodies. */
const undecoded = (contentEncoding: string | undefined, body: Uint8Array<ArrayBuffer>) =>
  scriptedHttp(() =>
    Effect.succeed(
      new Response(body, {
        headers: contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }
      })
    )
  )

describe("with an HTTP client that does not decode", () => {
  it.live.each([...encodings, ["deflate", deflateRawSync] as const])(
    "an answer in %s fails with the name of the encoding",
    ([contentEncoding, compress]) =>
      Effect.gen(function* () {
        const client = undecoded(contentEncoding, new Uint8Array(compress('{"status":"COMPLETED"}')))
        const error = yield* Effect.flip(ask("https://acme.api.identitynow.com", client))
        assert(error._tag === "UnexpectedResponse")
        assert.strictEqual(error.contentEncoding, contentEncoding)
        assert.include(error.summary, `compressed (${contentEncoding})`)
        assert.notInclude(error.message, "login page")
        assert.notMatch(error.message, /[\p{Cc}\uFFFD]/u)
      })
  )

  const others = [
    ["a page that only says it is compressed", "gzip", "<html></html>"],
    ["bytes without a word about an encoding", undefined, "\u0000\u0001"],
    ["the encoding identity", "identity", "<html></html>"]
  ] as const

  it.live.each(others)("%s is not taken for a compressed answer", ([, contentEncoding, body]) =>
    Effect.gen(function* () {
      const client = undecoded(contentEncoding, new TextEncoder().encode(body))
      const error = yield* Effect.flip(ask("https://acme.api.identitynow.com", client))
      assert(error._tag === "UnexpectedResponse")
      assert.isUndefined(error.contentEncoding)
      assert.include(error.nextStep, "login page")
    })
  )
})
