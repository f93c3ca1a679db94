import type { NonEmployeeSource } from "../NonEmployeeSources.ts"
import { plainText } from "./plainText.ts"

/** Returns the sources whose name contains the text, in any case and any of Unicode's normal forms, sorted by name. */
export const sourcesNamed = (part: string, sources: ReadonlyArray<NonEmployeeSource>) => {
  const wanted = plainText(part).normalize("NFC").toLowerCase()
  return sources
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en"))
}
