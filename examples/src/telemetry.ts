/**
 * Traces and metrics over OTLP: the library's spans and measurements, which the collector in `collector.ts` prints. Run it
 * with `pnpm example telemetry`.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { BulkUploads, getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
import { Environment, Fault, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import * as Otlp from "effect/observability/Otlp"
import { Collector } from "./collector.ts"

// In your program, use the URL of your collector: http://localhost:4318.
const Telemetry = Layer.unwrap(
  Effect.map(HttpServer.HttpServer, ({ address }) =>
    Otlp.layerJson({
      baseUrl: NetAddress.formatUrlUnsafe(address),
      resource: { serviceName: "nightly-report" }
    })
  )
)

const main = Effect.gen(function* () {
  const sandbox = yield* Sandbox.Sandbox
  yield* sandbox.fail({ endpoint: "status", fault: Fault.rateLimited("1") })
  const { status } = yield* getBulkUploadStatus(Source.named("Done").sourceId)
  yield* Console.log(`${status}, after a back-off for a 429`)
}).pipe(Effect.withSpan("nightly report"))

const Live = BulkUploads.layerConfig().pipe(
  Layer.provideMerge(Environment.layer()),
  Layer.provideMerge(Telemetry.pipe(Layer.provide(Collector))),
  Layer.provide(FetchHttpClient.layer)
)

NodeRuntime.runMain(Effect.provide(main, Live))
