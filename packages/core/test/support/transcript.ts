/** All output of a program in one text, to search for secrets. */
import { inspect } from "node:util"
import type { Observed } from "./observed.ts"

const show = (value: unknown): string => inspect(value, { depth: 20, showHidden: true, getters: true })

/** Logs, spans and metrics, and values as Node, JSON and `String` show them. */
export const transcript = (seen: Observed, ...values: ReadonlyArray<unknown>): string =>
  [
    ...values.flatMap((value) => [show(value), JSON.stringify(value), String(value)]),
    ...seen.logs,
    ...seen.spans.map(show),
    show(seen.metrics())
  ].join("\n")
