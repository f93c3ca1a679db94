/**
 * Parts of documents that are generated from the code, so that they cannot contradict it. In the document, two comments
 * enclose a generated part:
 *
 *     <!-- generated: errors -->
 *     <!-- end of errors -->
 */
import { readFile } from "node:fs/promises"
import { format, type FormatConfig } from "oxfmt"

/** A generated part of a document. */
export interface GeneratedSection {
  /** The name in the two comments. */
  readonly name: string
  /** The document, from the root of the repository: `docs/errors.md`. */
  readonly document: string
  /** Returns the Markdown between the comments, unformatted. */
  readonly content: () => string | Promise<string>
}

const root = new URL("../../../", import.meta.url)

const MARKED = /^<!-- generated: (.+) -->\n.*?^<!-- end of \1 -->$/gmsu

/** Returns the documents that contain the sections, each with its actual and its expected text. */
export const documents = async (sections: ReadonlyArray<GeneratedSection>) =>
  Promise.all(
    Object.entries(Object.groupBy(sections, ({ document }) => document)).map(async ([document, own = []]) => {
      const path = new URL(document, root)
      const actual = await readFile(path, "utf8")
      const contents = new Map(
        await Promise.all(own.map(async ({ content, name }) => [name, await content()] as const))
      )
      return { document, path, actual, expected: await inLayout(document, fill(document, actual, contents)) }
    })
  )

const fill = (document: string, text: string, contents: ReadonlyMap<string, string>): string => {
  const missing = new Set(contents.keys())
  const filled = text.replaceAll(MARKED, (_, name: string) => {
    const content = contents.get(name)
    if (content === undefined) throw new Error(`${document}: nothing generates "${name}".`)
    missing.delete(name)
    return `<!-- generated: ${name} -->\n\n${content.trim()}\n\n<!-- end of ${name} -->`
  })
  if (missing.size > 0) {
    const names = [...missing].join(", ")
    throw new Error(`${document}: the pair of comments for ${names} is missing or repeated.`)
  }
  return filled
}

/** Formats a document as `oxfmt --check` requires. */
const inLayout = async (document: string, text: string): Promise<string> => {
  const options = JSON.parse(await readFile(new URL(".oxfmtrc.json", root), "utf8")) as FormatConfig
  const { code, errors } = await format(document, text, options)
  if (errors.length > 0) throw new Error(`${document}: ${errors[0]?.message}`)
  return code
}
