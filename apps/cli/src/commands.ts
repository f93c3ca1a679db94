/**
 * The command line: commands, arguments and flags. The code of a command is loaded when it runs.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import { ended } from "./failure.ts"
import { parseDuration, parseTime } from "./time.ts"

export const NAME = "sailpoint-bulk-upload"

const source = Argument.String("source").pipe(
  Argument.withMetavar("SOURCE"),
  Argument.withDescription("ID of the source, or its name")
)

const json = Flag.Boolean("json").pipe(
  Flag.withoutNegation,
  Flag.withDefault(false),
  Flag.withDescription("Print one JSON document, for failures too")
)

/** Reports an unusable value with the expected form. */
const refused = (option: string, value: string, expected: string): CliError.InvalidValue =>
  new CliError.InvalidValue({ option, value, expected, kind: "flag" })

/** A flag whose value is a time in the past. */
const time = (name: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar("TIME"),
    Flag.mapEffect((text) =>
      Effect.flatMap(DateTime.now, (now) =>
        Effect.mapError(Effect.fromResult(parseTime(text, now)), (expected) => refused(name, text, expected))
      )
    )
  )

const timeout = Flag.String("timeout").pipe(
  Flag.withMetavar("DURATION"),
  Flag.withDescription("How long to wait, for example 90s, 30m or 1h30m (default: 30m)"),
  Flag.mapEffect((text) =>
    Effect.mapError(Effect.fromResult(parseDuration(text)), (expected) => refused("timeout", text, expected))
  ),
  Flag.withDefault(Duration.minutes(30))
)

export const root = Command.make(NAME).pipe(
  Command.withDescription(
    "The status of non-employee bulk uploads in SailPoint Identity Security Cloud (unofficial, read-only)."
  ),
  Command.withSharedFlags({
    sandbox: Flag.Boolean("sandbox").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Use a local sandbox with made-up sources; needs no settings")
    )
  })
)

const status = Command.make(
  "status",
  { sources: source.pipe(Argument.variadic({ min: 1 })), json },
  Effect.fnUntraced(function* (input) {
    const { sandbox } = yield* root
    const [{ layer }, { status }] = yield* Effect.promise(() =>
      Promise.all([import("./client.ts"), import("./status.ts")])
    )
    yield* ended(Effect.provide(status(input), layer(sandbox)), input.json)
  })
).pipe(
  Command.withDescription("Print the status of the newest bulk upload of each source."),
  Command.withExamples([
    { command: `${NAME} status Contractors`, description: "One source, by name" },
    { command: `${NAME} status Contractors Retail --json`, description: "Several sources, as JSON" }
  ])
)

const wait = Command.make(
  "wait",
  {
    source,
    timeout,
    since: time("since").pipe(
      Flag.withDescription(
        "When the file was uploaded, as ISO 8601 or a duration ago; ignores the result of an earlier upload"
      ),
      Flag.optional
    ),
    json,
    quiet: Flag.Boolean("quiet").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Print no progress")
    )
  },
  Effect.fnUntraced(function* (input) {
    const { sandbox } = yield* root
    const [{ layer }, { wait }] = yield* Effect.promise(() =>
      Promise.all([import("./client.ts"), import("./wait.ts")])
    )
    yield* ended(Effect.provide(wait(input), layer(sandbox)), input.json)
  })
).pipe(
  Command.withDescription(
    "Wait until the newest bulk upload of a source has ended. Exits with 0 only on COMPLETED."
  ),
  Command.withExamples([
    {
      command: `${NAME} wait Contractors --timeout 1h --since 2m`,
      description: "An upload made two minutes ago"
    }
  ])
)

const sources = Command.make(
  "sources",
  {
    name: Argument.String("name").pipe(
      Argument.withMetavar("NAME"),
      Argument.withDescription("Part of the name"),
      Argument.optional
    ),
    ownedByMe: Flag.Boolean("owned-by-me").pipe(
      Flag.withoutNegation,
      Flag.withDefault(false),
      Flag.withDescription("Only sources whose account manager is the owner of the token")
    ),
    json
  },
  Effect.fnUntraced(function* (input) {
    const { sandbox } = yield* root
    const [{ layer }, { sources }] = yield* Effect.promise(() =>
      Promise.all([import("./client.ts"), import("./sources.ts")])
    )
    yield* ended(Effect.provide(sources(input), layer(sandbox)), input.json)
  })
).pipe(Command.withDescription("List the non-employee sources, with their IDs."))

const explain = Command.make(
  "explain",
  {
    source,
    uploadedAt: time("uploaded-at").pipe(
      Flag.withDescription(
        "When the file was uploaded, as ISO 8601 or a duration ago (default: 24 hours ago)"
      ),
      Flag.optional
    ),
    csvHeader: Flag.String("csv-header").pipe(
      Flag.withMetavar("LINE"),
      Flag.withDescription("The first line of the file, to check its columns"),
      Flag.optional
    ),
    csv: Flag.File("csv", { mustExist: true }).pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("The file; only its first line is read"),
      Flag.optional
    ),
    json
  },
  Effect.fnUntraced(function* (input) {
    if (Option.isSome(input.csvHeader) && Option.isSome(input.csv)) {
      const both = refused("csv", input.csv.value, "either --csv or --csv-header, not both")
      return yield* new CliError.ShowHelp({ commandPath: [NAME, "explain"], errors: [both] })
    }
    const { sandbox } = yield* root
    const [{ layerExplanation }, { explain }] = yield* Effect.promise(() =>
      Promise.all([import("./client.ts"), import("./explain.ts")])
    )
    yield* ended(Effect.provide(explain(input), layerExplanation(sandbox)), input.json)
  })
).pipe(
  Command.withDescription("Explain the newest bulk upload on a source, as far as SailPoint shows it."),
  Command.withExamples([
    {
      command: `${NAME} explain Contractors --uploaded-at 30m --csv contractors.csv`,
      description: "After an ERROR"
    }
  ])
)

export const command = root.pipe(Command.withSubcommands([status, wait, sources, explain]))
