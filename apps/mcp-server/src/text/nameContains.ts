/**
 * Finds sources by a part of their name, and ignores case, Unicode normalization, surrounding white space and invisible
 * characters.
 */
import type { NonEmployeeSource } from "@sailpoint-bulk-upload/core/NonEmployeeSources"
import { plainText } from "@sailpoint-bulk-upload/core/workspace"

export const nameContains = (part: string): ((source: NonEmployeeSource) => boolean) => {
  const wanted = plainText(part).normalize("NFC").toLowerCase()
  return ({ name }) => name.toLowerCase().includes(wanted)
}
