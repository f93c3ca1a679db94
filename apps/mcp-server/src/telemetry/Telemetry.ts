/**
 * Telemetry over OTLP, configured as OpenTelemetry specifies
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). The exporters are loaded only if
 * they are enabled, because an assistant waits for the start.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The supported variables; signals are TRACES, METRICS and LOGS. */
export const HELP = `Telemetry, from the environment, as OpenTelemetry specifies; off unless an endpoint is set:
  OTEL_EXPORTER_OTLP_ENDPOINT     the collector, OTLP over HTTP: http://localhost:4318
  OTEL_EXPORTER_OTLP_HEADERS      extra headers: api-key=...,other=...
  OTEL_EXPORTER_OTLP_PROTOCOL     http/protobuf (the default) or http/json, for all signals
  OTEL_EXPORTER_OTLP_COMPRESSION  gzip or none (the default)
  OTEL_EXPORTER_OTLP_TIMEOUT      milliseconds for one request (default: 10000)
  OTEL_SERVICE_NAME               the service name (default: sailpoint-bulk-upload-mcp)
  OTEL_RESOURCE_ATTRIBUTES        resource attributes: deployment.environment.name=production,...
  OTEL_SDK_DISABLED               true disables telemetry
  OTEL_{SIGNAL}_EXPORTER          otlp (the default) or none
  OTEL_EXPORTER_OTLP_{SIGNAL}_ENDPOINT, _HEADERS, _COMPRESSION  the same for one signal
  OTEL_BSP_SCHEDULE_DELAY, OTEL_BLRP_SCHEDULE_DELAY, OTEL_METRIC_EXPORT_INTERVAL  milliseconds between exports
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE  cumulative (the default) or delta
`

export type Env = Readonly<Record<string, string | undefined>>

const ENDPOINT = /^OTEL_EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS)_)?ENDPOINT$/u

/** As specified, an empty variable counts as unset, and only "true" disables. */
export const isWanted = (env: Env): boolean =>
  Object.entries(env).some(([name, value = ""]) => ENDPOINT.test(name) && value.trim() !== "") &&
  env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() !== "true"

/**
 * Exports traces, metrics and logs while the layer lives, or nothing at all. Never fails: unusable settings and a missing
 * collector cause a warning, because calls work without telemetry.
 */
export const fromEnv = (env: Env): Layer.Layer<never> =>
  isWanted(env)
    ? Layer.unwrap(Effect.promise(async () => (await import("./OtlpExport.ts")).layer(env)))
    : Layer.empty
