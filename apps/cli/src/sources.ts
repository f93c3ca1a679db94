/**
 * `sources`: the non-employee sources with their IDs.
 */
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as output from "./output.ts"

export interface Input {
  readonly name: Option.Option<string>
  readonly ownedByMe: boolean
  readonly json: boolean
}

/** Folds case and Unicode normalization, as the library does when it finds a source by name. */
const folded = (text: string): string => text.normalize("NFC").toLowerCase()

export const sources = Effect.fn("cli.sources")(function* ({ json, name, ownedByMe }: Input) {
  const { list } = yield* NonEmployeeSources
  const part = folded(Option.getOrElse(name, () => "").trim())
  const all = yield* list({ ownedByMe })
  const found = all
    .filter((source) => folded(source.name).includes(part))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en"))
  if (json) return yield* output.json({ sources: found, total: all.length })
  if (found.length > 0) {
    return yield* output.result(
      output.table([["NAME", "ID"], ...found.map(({ name, sourceId }) => [name, sourceId])])
    )
  }
  yield* output.note(
    all.length === 0
      ? "No source is visible to this token. Check the user level of its owner, or try --owned-by-me."
      : `None of the ${all.length} sources has a name that contains this text. Run the command without a name to list all.`
  )
})
