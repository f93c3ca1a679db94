/**
 * The parts that several commands share: their flags, and how they run.
 */
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as SourceId from "@sailpoint-bulk-upload/core/SourceId"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as client from "./client.ts"
import { ended, type Failed } from "./failure.ts"
import { parseTime } from "./time.ts"

export const NAME = "sailpoint-bulk-upload"

export const source = Argument.String("source").pipe(
  Argument.withMetavar("SOURCE"),
  Argument.withDescription("ID of the source, or its name")
)

export const toggle = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDefault(false), Flag.withDescription(description))

export const json = toggle("json", "Print one JSON document, for failures too")

/** Makes a flag whose value is parsed. `parse` fails with the expected form, for the error message. */
export const parsed = <A>(
  name: string,
  metavar: string,
  parse: (text: string, now: DateTime.Utc) => Result.Result<A, string>
) =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.mapEffect((value) =>
      Effect.flatMap(DateTime.now, (now) =>
        Effect.fromResult(
          Result.mapError(
            parse(value, now),
            (expected) => new CliError.InvalidValue({ option: name, value, expected, kind: "flag" })
          )
        )
      )
    )
  )

/** Makes an optional flag whose value is a time in the past. */
export const time = (name: string, description: string) =>
  parsed(name, "TIME", parseTime).pipe(Flag.withDescription(description), Flag.optional)

export const root = Command.make(NAME).pipe(
  Command.withDescription(
    "The status of non-employee bulk uploads in SailPoint Identity Security Cloud (unofficial, read-only)."
  ),
  Command.withSharedFlags({
    sandbox: toggle("sandbox", "Use a local sandbox with made-up sources; needs no settings")
  })
)

/** Runs a command with the library's services, and ends with the exit code of its failure. */
export const running =
  <Input extends { readonly json: boolean }>(
    run: (input: Input) => Effect.Effect<void, Failed, Layer.Success<ReturnType<typeof client.layer>>>
  ) =>
  (input: Input) =>
    Effect.flatMap(root, ({ sandbox }) =>
      ended(Effect.provide(run(input), client.layer(sandbox)), input.json)
    )

/** Looks a name up in the list of sources; an ID is used unchanged, without a request. */
export const findSource = (source: string) => {
  const id = source.trim()
  return SourceId.is(id)
    ? Effect.succeed<{ readonly sourceId: string; readonly name: string }>({ sourceId: id, name: id })
    : Effect.flatMap(NonEmployeeSources, ({ findByName }) => findByName(id))
}
