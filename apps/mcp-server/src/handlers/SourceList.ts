/**
 * As much about sources as an assistant should read in one result: everything about a few; of many, what it
 * takes to choose among them; and of more than that, as many as fit.
 */
import type { NonEmployeeSource } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { cutTo, estimate } from "../text/TokenEstimate.ts"

/** In tokens. A result may have 1,000; some are for what stands around the list. */
const BUDGET = 900

/** Of one source in JSON: keys and punctuation with its sourceId, and what its id adds. */
const FRAME = 33
const ID = 30

/** How much is told of each source, in tokens, from all there is to what it takes to choose. */
const DETAILS = [
  { id: true, name: 200, description: 60 },
  { id: false, name: 200, description: 30 },
  { id: false, name: 60, description: 12 },
  { id: false, name: 30, description: 0 }
] as const

type Detail = (typeof DETAILS)[number]

/** In the detail in which all fit, or else the first ones in the least detail. */
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
  let left = BUDGET
  const none = sources.findIndex((source) => {
    left -= FRAME + (source.id === undefined ? 0 : ID) + estimate(source.name) + estimate(source.description)
    return left < 0
  })
  return none === -1 ? sources : sources.slice(0, none)
}
