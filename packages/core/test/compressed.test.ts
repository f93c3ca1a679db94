/** An answer that is short on the wire and long once it is unpacked. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import * as BulkUploads from "../src/BulkUploads.ts"

/** A tenant that gives every request this body, compressed and with its length announced. */
const answering = (body: string) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const compressed = gzipSync(body)
      const server = createServer((_, response) => {
        response.writeHead(200, { "content-encoding": "gzip", "content-length": compressed.length })
        response.end(compressed)
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  ).pipe(
    Effect.map((server) =>
      BulkUploads.layer({
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        auth: { accessToken: Redacted.make("token") }
      }).pipe(Layer.provide(FetchHttpClient.layer))
    )
  )

const ask = BulkUploads.getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d")

describe("a compressed answer", () => {
  it.live("is read", () =>
    Effect.gen(function* () {
      const tenant = yield* answering(JSON.stringify({ status: "ERROR" }))
      assert.strictEqual((yield* Effect.provide(ask, tenant)).status, "ERROR")
    }).pipe(Effect.scoped)
  )

  it.live("of 10 MB is not read to its end, however short it is on the wire", () =>
    Effect.gen(function* () {
      const tenant = yield* answering(JSON.stringify({ status: "ERROR", filler: " ".repeat(10_000_000) }))
      const error = yield* Effect.flip(Effect.provide(ask, tenant))
      assert.strictEqual(error._tag, "UnexpectedResponse")
      assert.include(error.message, "larger than 64 KiB")
    }).pipe(Effect.scoped)
  )
})
