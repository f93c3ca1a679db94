/** The list of non-employee records. */
import * as Effect from "effect/Effect"
import type { NonEmployeeRecord } from "../tenant/Records.ts"
import { manages } from "./authorize.ts"
import { page, sort } from "./collection.ts"
import { type Answer, type Admitted, badRequest, type Response } from "./responses.ts"

const sorters = [
  "id",
  "accountName",
  "sourceId",
  "manager",
  "firstName",
  "lastName",
  "email",
  "phone",
  "startDate",
  "endDate",
  "created",
  "modified"
] as const

const fields = Object.fromEntries(sorters.map((name) => [name, (record: NonEmployeeRecord) => record[name]]))

export const listRecords = (admitted: Admitted): Answer =>
  Effect.gen(function* () {
    const { now, query, tenant } = admitted
    const filters = query.get("filters")
    const sourceId = filters === null ? undefined : yield* readFilter(filters)
    const records = tenant.sources
      .filter(
        (source) => (sourceId === undefined || source.sourceId === sourceId) && manages(admitted, source)
      )
      .flatMap((source) => tenant.records(source, now).list(source))
    return yield* page(yield* sort(records, query, fields), query)
  })

/** Reads the `sourceId` from `filters`; SailPoint documents no other field and no other operator. */
const readFilter = (filters: string): Effect.Effect<string, Response> => {
  const sourceId = /^\s*sourceId\s+eq\s+"([^"]*)"\s*$/u.exec(filters)?.[1]
  return sourceId === undefined
    ? badRequest('filters is not of the form sourceId eq "ID".')
    : Effect.succeed(sourceId)
}
