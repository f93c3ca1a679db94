/**
 * The export of traces, metrics and logs over OTLP/HTTP with Effect's exporters. `Telemetry` loads it if it is enabled.
 */
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Otlp from "effect/observability/Otlp"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as References from "effect/References"
import packageJson from "../../package.json" with { type: "json" }
import * as Collector from "./Collector.ts"
import * as RedactingTracer from "./redactingTracer.ts"
import type { Env } from "./Telemetry.ts"

/** OpenTelemetry's default timeout of a request. */
const REQUEST_TIMEOUT = Duration.seconds(10)

/** The time for the last exports when the server ends: a client that closed the pipe sends SIGTERM after 2 s. */
const FLUSH_MILLIS = 1_500

export const layer = (env: Env, report?: Collector.Report): Layer.Layer<never> => {
  const given = setOnly(env)
  const protocol = given["OTEL_EXPORTER_OTLP_PROTOCOL"] ?? "http/protobuf"
  const serialization = Object.hasOwn(SERIALIZATIONS, protocol) ? SERIALIZATIONS[protocol] : undefined
  if (serialization === undefined) return unusable(["OTEL_EXPORTER_OTLP_PROTOCOL"])
  return RedactingTracer.layer.pipe(
    Layer.provideMerge(Otlp.layerFromConfig({ loggerExcludeLogSpans: true })),
    Layer.provide([
      serialization,
      Collector.layer(requestTimeout(given), report),
      ConfigProvider.layer(ConfigProvider.fromEnv({ env: completed(given) })),
      quiet
    ]),
    Layer.catchCause((cause) => unusable(namesIn(cause, given)))
  )
}

const checks = Metric.counter("sailpoint.bulk_upload.checks", {
  description: "Checks of the telemetry.",
  incremental: true
})

/** Exports a span, a metric and a log line. Fails with the problem if the collector does not accept them. */
export const probe = (env: Env): Effect.Effect<void, string> =>
  Effect.suspend(() => {
    const found: Array<string | undefined> = []
    const report: Collector.Report = (problem) => Effect.sync(() => void found.push(problem))
    return Effect.logInfo("A check of the telemetry").pipe(
      Effect.andThen(Metric.update(checks, 1)),
      Effect.withSpan("check"),
      Effect.provide(Layer.provideMerge(layer(env, report), Logger.layer([]))),
      Effect.andThen(
        Effect.suspend(() => {
          const problem = found.length === 0 ? NOTHING_SENT : found.find((problem) => problem !== undefined)
          return problem === undefined ? Effect.void : Effect.fail(problem)
        })
      )
    )
  })

const NOTHING_SENT =
  "Nothing is exported, because an OTEL_* variable cannot be used or switches every exporter off"

const SERIALIZATIONS: Readonly<Record<string, Layer.Layer<OtlpSerialization.OtlpSerialization>>> = {
  "http/protobuf": OtlpSerialization.layerProtobuf,
  "http/json": OtlpSerialization.layerJson
}

/** As OpenTelemetry specifies, an empty variable counts as unset. */
const setOnly = (env: Env): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value = ""]) => {
      const text = value.trim()
      return name.startsWith("OTEL_") && text !== "" ? [[name, text]] : []
    })
  )

/**
 * Adds the variables that Effect's exporters need: OpenTelemetry's default exporters, the name of this server, and the time
 * for the last exports. Of two resource attributes with the same name, the later applies.
 */
const completed = (given: Readonly<Record<string, string>>): Record<string, string> => ({
  OTEL_TRACES_EXPORTER: "otlp",
  OTEL_METRICS_EXPORTER: "otlp",
  OTEL_LOGS_EXPORTER: "otlp",
  ...given,
  OTEL_SDK_DISABLED: "false",
  OTEL_RESOURCE_ATTRIBUTES: [
    "service.name=sailpoint-bulk-upload-mcp",
    `service.version=${packageJson.version}`,
    `service.instance.id=${crypto.randomUUID()}`,
    ...(given["OTEL_RESOURCE_ATTRIBUTES"]?.split(",") ?? [])
  ].join(","),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: String(FLUSH_MILLIS),
  OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: String(FLUSH_MILLIS),
  OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: String(FLUSH_MILLIS)
})

const requestTimeout = (given: Readonly<Record<string, string>>): Duration.Duration => {
  const millis = Number(given["OTEL_EXPORTER_OTLP_TIMEOUT"])
  return Number.isSafeInteger(millis) && millis > 0 ? Duration.millis(millis) : REQUEST_TIMEOUT
}

/**
 * The exporters log every failure at debug level, with the whole request. `Collector` logs the problem.
 */
const quiet: Layer.Layer<never> = Layer.effect(
  References.MinimumLogLevel,
  Effect.map(References.MinimumLogLevel, (level) => (LogLevel.isGreaterThan(level, "Warn") ? level : "Warn"))
)

/** Logs names only, because a value can be a key. */
const unusable = (names: ReadonlyArray<string>): Layer.Layer<never> =>
  Layer.effectDiscard(
    Effect.logWarning(
      `Telemetry is off, because its settings cannot be used. Correct ${names.length === 0 ? "the OTEL_* variables" : names.join(", ")}.`
    )
  )

const namesIn = (cause: Cause.Cause<unknown>, given: Readonly<Record<string, string>>) => {
  const text = Cause.pretty(cause)
  return Object.keys(given).filter((name) => text.includes(`"${name}"`))
}
