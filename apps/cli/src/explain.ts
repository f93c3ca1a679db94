/**
 * `explain`: explains the newest upload on a source, as far as SailPoint shows it.
 */
import * as Explanation from "@sailpoint-bulk-upload/core/Explanation"
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { closeSync, openSync, readSync } from "node:fs"
import { End } from "./End.ts"
import * as ExitCode from "./ExitCode.ts"
import * as output from "./output.ts"
import { resolveSource } from "./resolveSource.ts"

export interface Input {
  readonly source: string
  readonly uploadedAt: Option.Option<DateTime.Utc>
  readonly csvHeader: Option.Option<string>
  readonly csv: Option.Option<string>
  readonly json: boolean
}

export const explain = Effect.fn("cli.explain")(function* (input: Input) {
  const header = Option.orElse(input.csvHeader, () => Option.map(input.csv, firstLine))
  const { sourceId } = yield* resolveSource(input.source)
  const { unavailable, ...rest } = yield* Explanation.explain(sourceId, {
    uploadedAt: Option.getOrUndefined(input.uploadedAt),
    csvHeader: Option.getOrUndefined(header)
  })
  const explained = {
    ...rest,
    unavailable: unavailable.map((part) => ({ ...part, nextStep: nameVariables(part.nextStep) }))
  }
  yield* input.json ? output.json(explained) : output.result(toText(explained))
  if (!input.json) yield* output.note(explained.nextStep)
  return yield* End.with(ExitCode.ofStatus(explained.status))
})

/** Longer than any header: 18 columns with names of 100 characters. */
const MAX_HEADER_BYTES = 16_384

/** Returns the first line of a file. The others contain personal data. */
const firstLine = (path: string): string => {
  const file = openSync(path, "r")
  try {
    const buffer = Buffer.alloc(MAX_HEADER_BYTES)
    const text = buffer.toString("utf8", 0, readSync(file, buffer))
    return text.split(/\r?\n|\r/u, 1)[0] ?? ""
  } finally {
    closeSync(file)
  }
}

const toText = ({ checks, columns, events, meaning, records, status, unavailable }: Explanation.Explained) =>
  [
    `${status}. ${meaning}`,
    ...(records === undefined ? [] : ["", ...recordLines(records)]),
    ...section("Columns", columns === undefined ? [] : columnLines(columns)),
    ...section("Imports", [
      ...(events.outcome === "none" ? ["none found, but events can arrive minutes late"] : []),
      ...(events.outcome === "off" ? ["not searched: SAIL_AUDIT_EVENTS is not true"] : []),
      ...events.items.map(
        ({ action, at, certainty, text }) =>
          `${at} ${action} (${CERTAINTY[certainty]})${text === undefined ? "" : ` ${JSON.stringify(text)}`}`
      )
    ]),
    ...section("To check", checks),
    ...section(
      "Not available",
      unavailable.map(
        ({ error, nextStep, trackingId, what }) =>
          `${what}: ${error}. ${nextStep}${trackingId === undefined ? "" : ` SailPoint's tracking ID: ${trackingId}.`}`
      )
    )
  ].join("\n")

const CERTAINTY = {
  named: "names this source",
  tracked: "has the tracking number of an event that names this source",
  near: "does not show that it belongs to this source"
} as const

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)]

const line = (label: string, value: string | undefined): ReadonlyArray<string> =>
  value === undefined || value === "" ? [] : [`${label}: ${value}`]

const recordLines = (records: Explanation.Records): ReadonlyArray<string> => {
  const { changedSince, complete, createdSince, newestChangedAt, newestCreatedAt, since, total } = records
  const counts = `${createdSince} created, ${changedSince} changed${complete === false ? ", perhaps more" : ""}`
  return [
    `Records visible to the token: ${total}`,
    ...line("  newest created", newestCreatedAt),
    ...line("  newest changed", newestChangedAt),
    ...line(`  since ${since}`, since && counts)
  ]
}

const columnLines = (columns: NonNullable<Explanation.Explained["columns"]>): ReadonlyArray<string> => [
  ...line("required", columns.required.join(", ")),
  ...line("optional", columns.optional.join(", ")),
  ...columns.missing.map((name) => `missing: ${name}`),
  ...columns.unknown.map(
    ({ didYouMean, name }) =>
      `unknown: ${name}${didYouMean === undefined ? "" : `, did you mean ${didYouMean}?`}`
  ),
  ...columns.problems
]
