/**
 * A secret in a file, which can be replaced while the server runs.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"

export const read = (path: string): string => readFileSync(path, "utf8")

export interface Options {
  readonly variable: string
  readonly path: string
  /** The secret as it was read at the start. */
  readonly secret: Redacted.Redacted<string>
  readonly isUsable: (text: string) => boolean
}

/** Reads the secret. While the file cannot be used, the last secret stays in use, with a warning. */
export const reading = ({
  isUsable,
  path,
  secret,
  variable
}: Options): Effect.Effect<Redacted.Redacted<string>> => {
  let last = secret
  return Effect.try({ try: () => read(path).trim(), catch: () => "cannot be read" }).pipe(
    Effect.filterOrFail(
      (text) => text !== "" && isUsable(text),
      () => "cannot be used"
    ),
    Effect.map((text) => (last = Redacted.make(text, { label: variable }))),
    Effect.catch((reason) =>
      Effect.as(
        Effect.logWarning(`The file that ${variable} names ${reason}: the last value stays in use.`),
        last
      )
    )
  )
}
