/** Checks the header of a CSV file against the columns of its source. */
import { plainText } from "./internal/plainText.ts"

/** The columns of a source. */
export interface Columns {
  readonly required: ReadonlyArray<string>
  readonly optional: ReadonlyArray<string>
}

/** The faults of a header. */
export interface Faults {
  /** Required columns that the header lacks. */
  readonly missing: ReadonlyArray<string>
  /** Names that are not columns of the source, each with the most similar column that the header lacks. */
  readonly unknown: ReadonlyArray<{ readonly name: string; readonly didYouMean?: string }>
  /** Other faults, one sentence each. */
  readonly problems: ReadonlyArray<string>
}

/** SailPoint allows 18 columns. Names, lists of columns and lines above these limits are cut. */
const MAX_NAME = 64
const MAX_COLUMNS = 50
const MAX_LINE = 4096

const SEPARATORS = [
  [",", "commas"],
  [";", "semicolons"],
  ["\t", "tabs"],
  ["|", "vertical bars"]
] as const

/**
 * Returns the faults of a file's first line. Text after the first line break is dropped unread.
 *
 * @example
 * ```ts
 * import { CsvHeader } from "@sailpoint-bulk-upload/core"
 *
 * const { unknown } = CsvHeader.check("accountName,fistName", {
 *   required: ["accountName", "firstName"],
 *   optional: []
 * }) // [{ name: "fistName", didYouMean: "firstName" }]
 * ```
 */
export const check = (text: string, { optional, required }: Columns): Faults => {
  const known = [...required, ...optional]
  const start = text.slice(0, MAX_LINE)
  const bare = start.replace(/^(?:\uFEFF|ï»¿)/u, "")
  const [line = ""] = bare.split(/[\r\n]/u)
  const isCut = text.length > MAX_LINE && line.length === bare.length
  // Uses the separator that finds the most columns, or else the one with the most cells, or else commas.
  const { cells, separators } = SEPARATORS.map(([separator, separators]) => ({
    separators,
    cells: split(line, separator)
  })).reduce((a, b) =>
    (fits(b.cells, known) - fits(a.cells, known) || b.cells.length - a.cells.length) > 0 ? b : a
  )
  const names = cells.map(unquoted).slice(0, isCut ? -1 : undefined)
  const given = new Set(names)
  const lacking = known.filter((name) => !given.has(name))
  const unknown = [...given].filter((name) => name !== "" && !known.includes(name)).slice(0, MAX_COLUMNS)
  const sentences: ReadonlyArray<readonly [applies: boolean, sentence: string]> = [
    [start !== bare, "The file begins with a byte-order mark: save it as UTF-8 without one."],
    [separators !== "commas", `The columns are separated by ${separators}: use commas.`],
    [
      names.some((name, n) => name !== cells[n]?.trim()),
      "Names are in quotation marks: remove them, because SailPoint does not document whether it accepts them."
    ],
    [
      cells.some((cell) => cell !== cell.trim()),
      "There are spaces around names: remove them, because SailPoint does not document whether it drops them."
    ],
    [
      names.some((name) => /[\p{Cc}\p{Cf}\uFFFD]/u.test(name)),
      "Names contain characters that are not visible or not UTF-8: type them again, and save the file as UTF-8."
    ],
    [names.includes(""), `Column ${names.indexOf("") + 1} has no name.`],
    [isCut, `The line is longer than ${MAX_LINE} characters: later columns were not checked.`],
    [
      cells.length > MAX_COLUMNS,
      `There are ${cells.length} columns: check that this is the first line of the file.`
    ],
    ...[...given]
      .filter((name) => name !== "" && names.indexOf(name) !== names.lastIndexOf(name))
      .slice(0, MAX_COLUMNS)
      .map((name) => [true, `The column "${shown(name)}" appears more than once.`] as const)
  ]
  return {
    missing: isCut ? [] : required.filter((name) => !given.has(name)),
    unknown: unknown.map((name) => ({ name: shown(name), ...nearest(name, lacking) })),
    problems: sentences.filter(([applies]) => applies).map(([, sentence]) => sentence)
  }
}

const shown = (name: string): string => plainText(name, MAX_NAME)

/** A separator inside quotation marks is text (RFC 4180). A line break replaces each separator outside them. */
const split = (line: string, separator: string): ReadonlyArray<string> =>
  line
    .split('"')
    .map((part, n) => (n % 2 === 0 ? part.replaceAll(separator, "\n") : part))
    .join('"')
    .split("\n")

const unquoted = (cell: string): string => cell.trim().replace(/^["'“”„]+|["'“”„]+$/gu, "")

const fits = (cells: ReadonlyArray<string>, known: ReadonlyArray<string>): number =>
  new Set(cells.map(unquoted).filter((name) => known.includes(name))).size

const folded = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")

/** Recognizes typing mistakes: another case, spaces or signs between words, and a few wrong letters. */
const nearest = (name: string, candidates: ReadonlyArray<string>): { readonly didYouMean?: string } => {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: distance(folded(name), folded(candidate)) }))
    .filter(({ candidate, distance }) => distance <= candidate.length / 3)
    .toSorted((a, b) => a.distance - b.distance)
  return best === undefined ? {} : { didYouMean: best.candidate }
}

/** Levenshtein's distance: how many letters to insert, drop or replace. */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n)
  let last = to.length
  for (const letter of from) {
    // The first column has no column before it.
    let diagonal = Infinity
    last = Infinity
    row = row.map((above, n) => {
      const replaced = diagonal + (letter === to[n - 1] ? 0 : 1)
      diagonal = above
      last = Math.min(replaced, above + 1, last + 1)
      return last
    })
  }
  return last
}
