/**
 * How a source is looked for by a part of its name: in upper or lower case, spaces around it ignored.
 */
import type { NonEmployeeSource } from "@sailpoint-bulk-upload/core/NonEmployeeSources"

export const nameContains = (part: string): ((source: NonEmployeeSource) => boolean) => {
  const wanted = part.trim().toLowerCase()
  return ({ name }) => name.toLowerCase().includes(wanted)
}
