/**
 * The output of the command: results on standard output, everything else on standard error.
 */
import * as Effect from "effect/Effect"

/** Writes, and waits until the stream has accepted the text, because an exit right after a write can truncate it. */
const write = (stream: NodeJS.WriteStream, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => void stream.write(text, () => resume(Effect.void)))

export const result = (text: string): Effect.Effect<void> => write(process.stdout, `${text}\n`)

/** Prints a result as one JSON document. */
export const json = (value: unknown): Effect.Effect<void> => result(JSON.stringify(value, null, 2))

export const note = (text: string): Effect.Effect<void> => write(process.stderr, `${text}\n`)

/** Aligns the cells of each column; the last column is not padded. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(width(column))).join("  "))
  return lines.map((line) => line.trimEnd()).join("\n")
}
