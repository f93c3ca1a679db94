/**
 * The ID of a non-employee source, checked before a request is sent.
 *
 * SailPoint shows a source under two IDs: `sourceId`, 32 hexadecimal digits, and `id`, a UUID with dashes. Its API
 * examples use the first for the status request, its prose says UUID; which of the two a tenant expects is not
 * documented. Both are accepted, and the given one is sent unchanged.
 *
 * @example
 * ```ts
 * import { SourceId } from "@sailpoint-bulk-upload/core"
 *
 * const id = SourceId.fromString("e136567d-e87e-4d02-9e60-b3c3c55db56d")
 * const ids = ["e136567de87e4d029e60b3c3c55db56d", "Contractors"].filter(SourceId.is)
 * ```
 */
import * as Effect from "effect/Effect"
import { format } from "effect/Formatter"
import * as Schema from "effect/Schema"
import { InvalidSourceId } from "./BulkUploadError.ts"
import { plainText } from "./internal/plainText.ts"

/** Decodes 32 hexadecimal digits, or a UUID with dashes, in either case. */
export const SourceId = Schema.String.check(
  Schema.isPattern(/^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/u)
).pipe(Schema.brand("SourceId"))

/** A checked source ID. */
export type SourceId = typeof SourceId.Type

/** Returns whether a value is a source ID. */
export const is: (input: unknown) => input is SourceId = Schema.is(SourceId)

/** Returns the ID, or fails with `InvalidSourceId`. */
export const fromString = (input: string): Effect.Effect<SourceId, InvalidSourceId> =>
  is(input)
    ? Effect.succeed(input)
    : Effect.fail(
        new InvalidSourceId({ sourceId: plainText(asText(input), 64), reason: problemOf(asText(input)) })
      )

/** A program without types can pass any value, and `String` throws for some. */
const asText = (input: unknown): string => (typeof input === "string" ? input : format(input))

const DIGITS = 32

/** Returns why a text is not an ID. Code points identify invisible and look-alike characters. */
const problemOf = (text: string): string => {
  if (text === "") return "it is empty"
  const valid = /^[0-9a-f-]*/iu.exec(text)?.[0].length ?? 0
  const wrong = text.codePointAt(valid)
  if (wrong !== undefined) {
    const character = String.fromCodePoint(wrong)
    const shown = /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `${JSON.stringify(character)}, ` : ""
    return `its character ${valid + 1} is ${shown}U+${wrong.toString(16).toUpperCase().padStart(4, "0")}`
  }
  const digits = text.replaceAll("-", "").length
  return digits === DIGITS
    ? "its dashes are not those of a UUID (8-4-4-4-12)"
    : `it has ${digits} hexadecimal digits, not ${DIGITS}`
}
