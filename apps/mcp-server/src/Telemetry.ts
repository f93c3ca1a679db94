/**
 * Telemetry over OTLP, when the environment asks for it as OpenTelemetry specifies
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). What exports is loaded only
 * then: an assistant that starts this server waits for it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export type Env = Readonly<Record<string, string | undefined>>

const ENDPOINTS = [
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
  "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
  "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"
] as const

/** An empty variable is one that is not set, and only "true" disables; both as specified. */
const isWanted = (env: Env): boolean =>
  ENDPOINTS.some((name) => (env[name] ?? "").trim() !== "") &&
  env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() !== "true"

/**
 * Exports traces, metrics and logs while it lives, or nothing at all. It never fails: settings that cannot be
 * used and a collector that is not there are a warning, because neither is a reason to answer nobody.
 */
export const fromEnv = (env: Env): Layer.Layer<never> =>
  isWanted(env)
    ? Layer.unwrap(
        Effect.map(
          Effect.promise(() => import("./OtlpExport.ts")),
          ({ layer }) => layer(env)
        )
      )
    : Layer.empty
