import * as Explanation from "@sailpoint-bulk-upload/core/Explanation"
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import { createReadStream } from "node:fs"
import { createInterface } from "node:readline"
import { findSource, json, NAME, running, source, time } from "./command.ts"
import * as ExitCode from "./ExitCode.ts"
import { ended } from "./failure.ts"
import * as output from "./output.ts"

const flags = {
  source,
  uploadedAt: time(
    "uploaded-at",
    "When the file was uploaded, as ISO 8601 or a duration ago (default: 24 hours ago)"
  ),
  csvHeader: Flag.String("csv-header").pipe(
    Flag.withMetavar("LINE"),
    Flag.withDescription("The first line of the file, to check its columns"),
    Flag.optional
  ),
  csv: Flag.Path("csv").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The file; only its first line is read"),
    Flag.optional
  ),
  json
}

const BOTH = { _tag: "WrongUsage", message: "Use either --csv or --csv-header, not both." } as const

export const explain = Command.make(
  "explain",
  flags,
  running(
    Effect.fn("cli.explain")(function* ({ csv, csvHeader, json, source, uploadedAt }) {
      const header = Option.isSome(csv) ? yield* firstLine(csv.value) : Option.getOrUndefined(csvHeader)
      const { sourceId } = yield* findSource(source)
      const { unavailable, ...rest } = yield* Explanation.explain(sourceId, {
        uploadedAt: Option.getOrUndefined(uploadedAt),
        csvHeader: header
      })
      const explained = {
        ...rest,
        unavailable: unavailable.map((part) => ({ ...part, nextStep: nameVariables(part.nextStep) }))
      }
      yield* json
        ? output.json(explained)
        : Effect.andThen(output.result(toText(explained)), output.note(explained.nextStep))
      return yield* ExitCode.end(ExitCode.ofStatus(explained.status))
    })
  )
).pipe(
  Command.provideEffectDiscard(({ csv, csvHeader, json }) =>
    Option.isSome(csv) && Option.isSome(csvHeader) ? ended(Effect.fail(BOTH), json) : Effect.void
  ),
  Command.withDescription("Explain the newest bulk upload on a source, as far as SailPoint shows it."),
  Command.withExamples([
    {
      command: `${NAME} explain Contractors --uploaded-at 30m --csv contractors.csv`,
      description: "After an ERROR"
    }
  ])
)

/** Longer than any header: 18 columns with names of 100 characters. */
const MAX_HEADER_BYTES = 16_384

/** Returns the first line of a file. The others contain personal data. */
const firstLine = (path: string) =>
  Effect.tryPromise({
    try: async () => {
      const input = createReadStream(path, { end: MAX_HEADER_BYTES })
      for await (const line of createInterface({ input })) return line
      return ""
    },
    catch: (cause) => ({
      _tag: "WrongUsage",
      message: `The file of --csv cannot be read (${String(cause)}). Give the path of a readable CSV file.`
    })
  })

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
        ({ error, nextStep, reason, trackingId, what }) =>
          `${what}: ${error}${reason === undefined ? "." : `: ${reason}`} ${nextStep}${trackingId === undefined ? "" : ` SailPoint's tracking ID: ${trackingId}.`}`
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
  value ? [`${label}: ${value}`] : []

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
