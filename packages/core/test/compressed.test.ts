/** Answers that are compressed although nobody asked for it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import * as BulkUploads from "../src/BulkUploads.ts"

const encodings = [
  ["gzip", gzipSync],
  ["GZIP", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
  ["gzip, br", (text: string) => brotliCompressSync(gzipSync(text))]
] as const

/** The URL of a tenant that answers every request so. */
const answering = (status: number, contentEncoding: string, body: Buffer) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((_, response) => {
        response.writeHead(status, { "content-encoding": contentEncoding, "content-length": body.length })
        response.end(body)
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

const ask = (baseUrl: string, client: Layer.Layer<HttpClient.HttpClient> = FetchHttpClient.layer) =>
  Effect.provide(
    BulkUploads.getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d"),
    BulkUploads.layer({ baseUrl, auth: { accessToken: Redacted.make("token") } }).pipe(Layer.provide(client))
  )

describe("a compressed answer", () => {
  it.live.each(encodings)("in %s is read", ([contentEncoding, compress]) =>
    Effect.gen(function* () {
      const url = yield* answering(200, contentEncoding, compress('{"status":"ERROR"}'))
      assert.strictEqual((yield* ask(url)).status, "ERROR")
    }).pipe(Effect.scoped)
  )

  it.live.each(encodings)(
    "in %s of 10 MB is not read to its end, however short it is on the wire",
    ([contentEncoding, compress]) =>
      Effect.gen(function* () {
        const body = JSON.stringify({ status: "ERROR", filler: " ".repeat(10_000_000) })
        const error = yield* Effect.flip(ask(yield* answering(200, contentEncoding, compress(body))))
        assert.strictEqual(error._tag, "UnexpectedResponse")
        assert.include(error.message, "larger than 64 KiB")
      }).pipe(Effect.scoped)
  )

  it.live("that refuses is read too", () =>
    Effect.gen(function* () {
      const body = gzipSync('{"detailCode":"403 Forbidden","trackingId":"t-1"}')
      const error = yield* Effect.flip(ask(yield* answering(403, "gzip", body)))
      assert.deepInclude({ ...error }, { _tag: "Forbidden", trackingId: "t-1" })
    }).pipe(Effect.scoped)
  )
})

/** An HTTP client that passes bodies on as they came. */
const undecoded = (contentEncoding: string | undefined, body: Uint8Array<ArrayBuffer>) =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) => {
      const headers: Record<string, string> =
        contentEncoding === undefined ? {} : { "content-encoding": contentEncoding }
      return Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body, { headers })))
    })
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
