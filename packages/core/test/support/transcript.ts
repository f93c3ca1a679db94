/** All that a program shows of itself, as one text to look for secrets in. */
import { inspect } from "node:util"
import type { Observed } from "./observed.ts"

const show = (value: unknown): string => inspect(value, { depth: 20, showHidden: true, getters: true })

/** Logs, spans and metrics, and values as a person, JSON or a crash would show them. */
export const transcript = (seen: Observed, ...values: ReadonlyArray<unknown>): string =>
  [
    ...values.flatMap((value) => [show(value), JSON.stringify(value), String(value)]),
    ...seen.logs,
    ...seen.spans.map(show),
    show(seen.metrics())
  ].join("\n")
