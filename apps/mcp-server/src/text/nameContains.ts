/**
 * Finds sources by a part of their name: in upper or lower case, in any of Unicode's normal forms, whatever white space
 * and invisible characters were copied along.
 */
import type { NonEmployeeSource } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { plainText } from "@sailpoint-bulk-upload/core/workspace"

export const nameContains = (part: string): ((source: NonEmployeeSource) => boolean) => {
  const wanted = plainText(part).normalize("NFC").toLowerCase()
  return ({ name }) => name.toLowerCase().includes(wanted)
}
