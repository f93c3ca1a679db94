/** Every section that is generated, in whichever document it is. */
import type { GeneratedSection } from "./GeneratedSection.ts"
import * as Errors from "./sections/Errors.ts"

export const sections: ReadonlyArray<GeneratedSection> = [
  { name: "errors", document: "docs/errors.md", content: Errors.content }
]
