import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"

export const read = (path: string): string => readFileSync(path, "utf8")

/**
 * Reads the secret in a file again; `last` is its value at the start. While the file cannot be used, logs a warning and
 * returns the last usable secret.
 */
export const reading = (
  variable: string,
  path: string,
  last: Redacted.Redacted,
  isUsable: (text: string) => boolean
): Effect.Effect<Redacted.Redacted> => {
  let current = last
  return Effect.try({ try: () => read(path).trim(), catch: () => "cannot be read" }).pipe(
    Effect.filterOrFail(
      (text) => text !== "" && isUsable(text),
      () => "cannot be used"
    ),
    Effect.map((text) => (current = Redacted.make(text, { label: variable }))),
    Effect.catch((reason) =>
      Effect.logWarning(`The file that ${variable} names ${reason}, so the last value stays in use.`).pipe(
        Effect.map(() => current)
      )
    )
  )
}
