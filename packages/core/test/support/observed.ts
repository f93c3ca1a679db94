/** The log lines, spans and metrics of an effect. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as References from "effect/References"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"

export interface Observed {
  readonly logs: Array<string>
  readonly spans: Array<Tracer.NativeSpan>
  readonly metrics: () => ReadonlyArray<Metric.Metric.Snapshot>
}

/** A layer that records everything from the lowest log level on, and its records. */
export const observe = (): readonly [Observed, Layer.Layer<never>] => {
  const logs: Array<string> = []
  const spans: Array<Tracer.NativeSpan> = []
  const registry = new Map()
  const metricRegistry = Layer.succeed(Metric.MetricRegistry, registry)
  const layer = Layer.mergeAll(
    Logger.layer([
      Logger.map(Logger.formatJson, (line) => void logs.push(line)),
      Logger.map(
        Logger.formatStructured,
        (entry) => void logs.push(inspect(entry, { depth: 20, showHidden: true }))
      )
    ]),
    Layer.succeed(References.MinimumLogLevel, "All"),
    Layer.succeed(
      Tracer.Tracer,
      Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          spans.push(span)
          return span
        }
      })
    ),
    metricRegistry
  )
  const metrics = () =>
    Effect.runSync(Effect.provideService(Metric.snapshot, Metric.MetricRegistry, registry))
  return [{ logs, spans, metrics }, layer]
}
