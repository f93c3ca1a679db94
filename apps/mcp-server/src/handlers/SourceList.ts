import type { NonEmployeeSource } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { cutTo, estimate } from "../text/TokenEstimate.ts"

/** The limit of the list. A result has at most 1,000 tokens, including the fields around the list. */
const MAX_TOKENS = 900

/** The tokens of a source's keys, punctuation and `sourceId` in JSON, and those of its `id`. */
const FRAME = 33
const ID = 30

/** The levels of detail for each source, in tokens, from all fields to a shortened name. */
const DETAILS = [
  { id: true, name: 200, description: 60 },
  { id: false, name: 200, description: 30 },
  { id: false, name: 60, description: 12 },
  { id: false, name: 30, description: 0 }
] as const

type Detail = (typeof DETAILS)[number]

/** Returns all sources in the highest level of detail that fits into a result, or else the first ones in the lowest. */
export const fitting = (sources: ReadonlyArray<NonEmployeeSource>): ReadonlyArray<NonEmployeeSource> => {
  let fit: ReadonlyArray<NonEmployeeSource> = []
  for (const detail of DETAILS) {
    fit = first(sources.map((source) => inDetail(source, detail)))
    if (fit.length === sources.length) break
  }
  return fit
}

const inDetail = ({ id, ...source }: NonEmployeeSource, detail: Detail): NonEmployeeSource => ({
  sourceId: source.sourceId,
  ...(detail.id && id !== undefined ? { id } : {}),
  name: cutTo(detail.name, source.name),
  description: detail.description === 0 ? "" : cutTo(detail.description, source.description)
})

const first = (sources: ReadonlyArray<NonEmployeeSource>): ReadonlyArray<NonEmployeeSource> => {
  let left = MAX_TOKENS
  const end = sources.findIndex((source) => {
    left -= FRAME + (source.id === undefined ? 0 : ID) + estimate(source.name) + estimate(source.description)
    return left < 0
  })
  return end === -1 ? sources : sources.slice(0, end)
}
