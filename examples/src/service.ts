/**
 * An HTTP service that offers the status to a front end: `GET /uploads/{sourceId}` returns it once, and
 * `/uploads/{sourceId}/events` sends every change as server-sent events. The page at `/` shows them after a
 * `POST /uploads`, which uploads a file to the sandbox. Only the service has the credentials. Run it with
 * `pnpm example service`.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { type BulkUploadError, BulkUploads, BulkUploadStatus } from "@sailpoint-bulk-upload/core"
import { Environment, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"

/** The fields for a front end, without details for operators. */
const shown = ({ status }: BulkUploadStatus.BulkUploadStatus) => ({
  status,
  settled: BulkUploadStatus.isSettled(status),
  meaning: BulkUploadStatus.meaning(status)
})

/** The client can fix a wrong ID, and a rate limit is temporary. Only the operator can fix other errors, which are 502. */
const HTTP_STATUS: Partial<Record<BulkUploadError.BulkUploadError["_tag"], number>> = {
  InvalidSourceId: 400,
  NotFound: 404,
  RateLimited: 503
}

const refused = (error: BulkUploadError.BulkUploadError) =>
  HttpServerResponse.jsonUnsafe(
    { error: error._tag, message: error.summary, retryable: error.retryable },
    { status: HTTP_STATUS[error._tag] ?? 502 }
  )

const event = (name: string, data: unknown) =>
  Sse.encoder.write({ _tag: "Event", event: name, id: undefined, data: JSON.stringify(data) })

const sourceId = Effect.map(HttpRouter.params, ({ sourceId = "" }) => sourceId)

const Routes = Effect.gen(function* () {
  const uploads = yield* BulkUploads.BulkUploads
  const sandbox = yield* Sandbox.Sandbox
  const upload = HttpRouter.route(
    "POST",
    "/uploads",
    Effect.as(sandbox.upload(CONTRACTORS, CSV), HttpServerResponse.empty({ status: 202 }))
  )
  const once = HttpRouter.route(
    "GET",
    "/uploads/:sourceId",
    Effect.flatMap(sourceId, uploads.status).pipe(
      Effect.match({
        onFailure: refused,
        onSuccess: (status) => HttpServerResponse.jsonUnsafe(shown(status))
      })
    )
  )
  // All browsers that follow a source share its requests to SailPoint, which end with the last browser.
  const events = HttpRouter.route(
    "GET",
    "/uploads/:sourceId/events",
    Effect.map(sourceId, (sourceId) =>
      HttpServerResponse.stream(
        uploads.changes(sourceId).pipe(
          Stream.map((status) => event("status", shown(status))),
          Stream.catch(({ summary }) => Stream.succeed(event("failure", { message: summary }))),
          Stream.encodeText
        ),
        { contentType: "text/event-stream", headers: { "cache-control": "no-store" } }
      )
    )
  )
  return [upload, once, events, HttpRouter.route("GET", "/", HttpServerResponse.html(PAGE))]
}).pipe(HttpRouter.addAll)

const CONTRACTORS = Source.named("Contractors").sourceId

const CSV = "accountName,firstName,lastName,email,manager\nw.lee,Wren,Lee,wren.lee@example.com,a.ortiz"

const PAGE = `<!doctype html><meta charset="utf-8"><title>Bulk upload</title><h1>Contractors</h1><p id="now">…</p>
<script>
  const events = new EventSource("/uploads/${CONTRACTORS}/events")
  events.addEventListener("open", () => fetch("/uploads", { method: "POST" }), { once: true })
  const show = ({ data }) => { document.getElementById("now").textContent = JSON.parse(data).meaning ?? JSON.parse(data).message }
  events.addEventListener("status", (event) => { show(event); if (JSON.parse(event.data).settled) events.close() })
  events.addEventListener("failure", (event) => { show(event); events.close() })
</script>`

const Service = HttpRouter.serve(Routes).pipe(
  Layer.provide(
    NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: Number(process.env["PORT"] ?? 0) })
  ),
  Layer.provide(BulkUploads.layerConfig()),
  Layer.provide([Environment.layer(), FetchHttpClient.layer])
)

NodeRuntime.runMain(Layer.launch(Service))
