import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as Effect from "effect/Effect"
import { answeredInTime } from "./answeredInTime.ts"
import { nameContains } from "../text/nameContains.ts"
import { fitting } from "./SourceList.ts"

interface Wanted {
  readonly nameContains?: string | undefined
  readonly ownedByMe?: boolean | undefined
}

/** What the tool `list_non_employee_sources` answers. */
export const listNonEmployeeSources = (wanted: Wanted) =>
  Effect.gen(function* () {
    const { list } = yield* NonEmployeeSources
    const all = yield* list({ ownedByMe: wanted.ownedByMe })
    const matching = all
      .filter(nameContains(wanted.nameContains ?? ""))
      .toSorted((a, b) => a.name.localeCompare(b.name, "en"))
    const sources = fitting(matching)
    return { sources, total: matching.length, truncated: sources.length < matching.length }
  }).pipe(answeredInTime({ operation: "sources" }))
