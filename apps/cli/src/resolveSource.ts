/**
 * Finds a source by its ID or its name.
 */
import { NonEmployeeSources } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import * as SourceId from "@sailpoint-bulk-upload/core/SourceId"
import * as Effect from "effect/Effect"

/** The ID for requests, and the name to show. */
export interface Named {
  readonly sourceId: string
  readonly name: string
}

/** Looks a name up in the list of sources; an ID is used unchanged, without a request. */
export const resolveSource = (source: string) => {
  const id = source.trim()
  return SourceId.is(id)
    ? Effect.succeed<Named>({ sourceId: id, name: id })
    : Effect.flatMap(NonEmployeeSources, ({ findByName }) => findByName(id))
}
