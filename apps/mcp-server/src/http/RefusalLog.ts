/**
 * The log line and the metric of a refused request. Anyone can send requests that are refused, so the lines are limited
 * for each reason, and the log reports the number of omitted lines.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { type Caller, fieldsOf } from "../telemetry/Caller.ts"
import type { Refusal } from "./guards/Refusal.ts"

const MAX_LINES = 20
const WINDOW = Duration.minutes(1)

const refused = Metric.counter("mcp.server.requests.refused", {
  description: "HTTP requests that the server refused, by reason.",
  attributes: { unit: "{request}" },
  incremental: true
})

type Refused = Pick<Refusal, "reason" | "status">

export const make = () => {
  /** For each reason, the lines in its current window, which begins with the first line. */
  const windows = new Map<string, { lines: number }>()

  const close = (reason: string): Effect.Effect<void> =>
    Effect.suspend(() => {
      const leftOut = Number(windows.get(reason)?.lines) - MAX_LINES
      windows.delete(reason)
      return leftOut > 0
        ? Effect.annotateLogs(Effect.logInfo("Refused requests left out"), { reason, leftOut })
        : Effect.void
    })

  const log = ({ reason, status }: Refused, caller: Caller): Effect.Effect<void> => {
    const window = windows.get(reason) ?? { lines: 0 }
    window.lines += 1
    if (window.lines > MAX_LINES) return Effect.void
    const line = Effect.annotateLogs(Effect.logInfo("Request refused"), {
      reason,
      status,
      ...fieldsOf(caller)
    })
    if (windows.has(reason)) return line
    windows.set(reason, window)
    return Effect.andThen(line, Effect.asVoid(Effect.forkDetach(Effect.delay(close(reason), WINDOW))))
  }

  return {
    report: (refusal: Refused, caller: Caller): Effect.Effect<void> => {
      const attributes = { reason: refusal.reason, "http.response.status_code": String(refusal.status) }
      return Effect.andThen(
        Metric.update(Metric.withAttributes(refused, attributes), 1),
        Effect.suspend(() => log(refusal, caller))
      )
    },
    /** Logs the numbers of omitted lines so far. */
    flush: Effect.suspend(() => Effect.forEach(windows.keys(), close))
  }
}
