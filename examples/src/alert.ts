/**
 * An alert for each upload that ends in ERROR or does not end in time: the example uploads three files, one of them
 * broken, and a webhook gets an alert for the broken one. Run it with `pnpm example alert`.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { BulkUploads } from "@sailpoint-bulk-upload/core"
import { Environment, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import * as Schedule from "effect/Schedule"
import { createServer } from "node:http"

const COLUMNS = "accountName,firstName,lastName,email,manager"
const UPLOADS = [
  { ...Source.named("Contractors"), csv: `${COLUMNS}\nw.lee,Wren,Lee,wren.lee@example.com,a.ortiz` },
  { ...Source.named("Retail"), csv: `${COLUMNS}\ns.adeyemi,Sade` },
  { ...Source.named("Done"), csv: `${COLUMNS}\nk.ito,Kei,Ito,kei.ito@example.com,a.ortiz` }
]

/** Replaces the incoming webhook of a chat or an on-call service. */
const webhook = Effect.gen(function* () {
  const server = yield* HttpServer.HttpServer
  yield* server.serve(
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      yield* Console.log(`The webhook got: ${yield* request.text}`)
      return HttpServerResponse.empty()
    })
  )
  return NetAddress.formatUrlUnsafe(server.address)
})

const main = Effect.gen(function* () {
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const uploads = yield* BulkUploads.BulkUploads
  const sandbox = yield* Sandbox.Sandbox
  const url = yield* webhook

  /** Retries an alert that cannot be delivered, and finally logs it. */
  const alert = (text: string) =>
    client.execute(HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(url), { text })).pipe(
      Effect.retry({ schedule: Schedule.exponential("200 millis"), times: 3 }),
      Effect.asVoid,
      Effect.catch(({ message }) => Effect.logError("An alert was not delivered", { text, message }))
    )

  const watch = ({ csv, name, sourceId }: (typeof UPLOADS)[number]) =>
    Effect.gen(function* () {
      yield* sandbox.upload(sourceId, csv)
      const since = yield* DateTime.now
      const { status } = yield* uploads.awaitSettled(sourceId, { since, timeout: "1 minute" })
      if (status === "ERROR") {
        yield* alert(`The upload to ${name} failed. Look at NON_EMPLOYEE_BULK_IMPORT_FAILED.`)
      } else {
        yield* Console.log(`${name}: ${status}, no alert`)
      }
    }).pipe(Effect.catch(({ message }) => alert(`${name}: ${message}`)))

  yield* Effect.forEach(UPLOADS, watch, { concurrency: "unbounded", discard: true })
})

const Live = Layer.mergeAll(
  BulkUploads.layerConfig(),
  NodeHttpServer.layerServer(createServer, { host: "127.0.0.1", port: 0 })
).pipe(Layer.provideMerge([Environment.layer(), FetchHttpClient.layer]))

NodeRuntime.runMain(Effect.scoped(Effect.provide(main, Live)))
