/** Writes the generated sections and pictures. Run it with `pnpm run docs:generate`. */
import { writeFile } from "node:fs/promises"
import { documents } from "./GeneratedSection.ts"
import { pictures } from "./pictures.ts"
import { sections } from "./sections.ts"

for (const { actual, document, expected, path } of [...(await documents(sections)), ...(await pictures())]) {
  if (actual === expected) continue
  await writeFile(path, expected)
  process.stdout.write(`Updated ${document}.\n`)
}
