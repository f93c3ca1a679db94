/**
 * Checks a CSV file. An upload with a wrong form is refused; a job with wrong rows fails.
 */
import type { SchemaAttribute } from "../SchemaAttribute.ts"

export interface CsvFile {
  /** The account names of its rows. */
  readonly accounts: ReadonlyArray<string>
  /** Faults of the header and of the number of cells, as sentences. */
  readonly malformed: ReadonlyArray<string>
  /** Faults of values, as sentences. */
  readonly rejected: ReadonlyArray<string>
}

/** The one account name that is never an identity, so that a file can have an invalid manager. */
const UNKNOWN_MANAGER = "nobody"

export const read = (csv: string, attributes: ReadonlyArray<SchemaAttribute>): CsvFile => {
  const [header, ...rows] = lines(csv)
  if (header === undefined) return { accounts: [], malformed: ["The file is empty."], rejected: [] }
  const columns = header.cells.map((cell) => cell.trim())
  const malformed = [
    ...attributes
      .filter(({ required, technicalName }) => required && !columns.includes(technicalName))
      .map(({ technicalName }) => `The column "${technicalName}" is missing.`),
    ...columns
      .filter((column) => !attributes.some(({ technicalName }) => technicalName === column))
      .map((column) => `The column "${column}" is unknown.`),
    ...columns
      .filter((column, index) => columns.indexOf(column) !== index)
      .map((column) => `The column "${column}" appears more than once.`),
    ...(rows.length === 0 ? ["The file has no rows."] : []),
    ...rows
      .filter(({ cells }) => cells.length !== columns.length)
      .map(({ cells, line }) => `Line ${line} has ${cells.length} cells; the header has ${columns.length}.`)
  ]
  const rejected = rows.flatMap(({ cells, line }) =>
    attributes.flatMap((attribute) => {
      const value = cells[columns.indexOf(attribute.technicalName)]?.trim() ?? ""
      const problem = problemOf(attribute, value)
      return problem === undefined ? [] : [`Line ${line}: ${attribute.technicalName} ${problem}.`]
    })
  )
  const accounts = rows.map(({ cells }) => cells[columns.indexOf("accountName")]?.trim() ?? "")
  return { accounts, malformed, rejected }
}

const problemOf = ({ required, type }: SchemaAttribute, value: string): string | undefined => {
  if (value === "") return required ? "is empty" : undefined
  if (type === "DATE" && !(/^\d{4}-\d{2}-\d{2}(?:T|$)/u.test(value) && !Number.isNaN(Date.parse(value)))) {
    return "is not an ISO 8601 date"
  }
  return type === "IDENTITY" && value === UNKNOWN_MANAGER ? "is not the account ID of an identity" : undefined
}

/** RFC 4180, without line breaks in cells. */
const lines = (csv: string) =>
  csv
    .split(/\r?\n/u)
    .map((text, index) => ({ line: index + 1, text }))
    .filter(({ text }) => text.trim() !== "")
    .map(({ line, text }) => ({
      line,
      cells: Array.from(
        `,${text}`.matchAll(/,(?:"((?:[^"]|"")*)"(?=,|$)|([^,]*))/gu),
        ([, quoted, bare = ""]) => quoted?.replaceAll('""', '"') ?? bare
      )
    }))
