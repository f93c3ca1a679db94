/**
 * A collector for the example `telemetry`: accepts OTLP as JSON and prints the spans as a tree, and the names of the
 * metrics.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { createServer } from "node:http"

/** The printed part of OTLP's JSON. */
const Traces = Schema.Struct({
  resourceSpans: Schema.Array(
    Schema.Struct({
      scopeSpans: Schema.Array(
        Schema.Struct({
          spans: Schema.Array(
            Schema.Struct({
              name: Schema.String,
              spanId: Schema.String,
              parentSpanId: Schema.optional(Schema.String),
              startTimeUnixNano: Schema.BigIntFromString,
              endTimeUnixNano: Schema.BigIntFromString
            })
          )
        })
      )
    })
  )
})
const Measurements = Schema.Struct({
  resourceMetrics: Schema.Array(
    Schema.Struct({
      scopeMetrics: Schema.Array(
        Schema.Struct({ metrics: Schema.Array(Schema.Struct({ name: Schema.String, unit: Schema.String })) })
      )
    })
  )
})

const print = (line: string) => Effect.as(Console.log(line), HttpServerResponse.empty({ status: 200 }))

/** The server, on a free port of this machine. */
export const Collector = HttpRouter.serve(
  Layer.mergeAll(
    HttpRouter.add(
      "POST",
      "/v1/traces",
      Effect.gen(function* () {
        const { resourceSpans } = yield* HttpServerRequest.schemaBodyJson(Traces)
        const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
        const under = (parent: string | undefined, depth: number): ReadonlyArray<string> =>
          spans
            .filter(({ parentSpanId }) => parentSpanId === parent)
            .toSorted((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano))
            .flatMap(({ endTimeUnixNano, name, spanId, startTimeUnixNano }) => [
              `  ${"  ".repeat(depth)}${name}  ${(endTimeUnixNano - startTimeUnixNano) / 1_000_000n} ms`,
              ...under(spanId, depth + 1)
            ])
        return yield* print(["Spans:", ...under(undefined, 0)].join("\n"))
      })
    ),
    HttpRouter.add(
      "POST",
      "/v1/metrics",
      Effect.gen(function* () {
        const { resourceMetrics } = yield* HttpServerRequest.schemaBodyJson(Measurements)
        const metrics = resourceMetrics.flatMap(({ scopeMetrics }) =>
          scopeMetrics.flatMap(({ metrics }) => metrics)
        )
        return yield* print(
          ["Metrics:", ...metrics.map(({ name, unit }) => `  ${name} (${unit})`)].join("\n")
        )
      })
    ),
    HttpRouter.add("POST", "/v1/logs", HttpServerResponse.empty({ status: 200 }))
  ),
  { disableLogger: true, disableListenLog: true }
).pipe(Layer.provideMerge(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })))
