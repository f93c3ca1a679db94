import { isoTime } from "@sailpoint-bulk-upload/core/workspace"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { InvalidArguments } from "../mcp/Failure.ts"
import { trimInvisible } from "../text/trimInvisible.ts"

/**
 * Accepts any text, without surrounding white space. If the text is not a valid ID, the tool's error has a next step, which a
 * schema's error cannot have.
 */
export const SourceIdArgument = Schema.String.annotate({
  description:
    "ID of the source, never its name: 32 hexadecimal digits, or a UUID with dashes. Pass it exactly as given."
}).pipe(
  Schema.decodeTo(Schema.String, SchemaTransformation.transform({ decode: trimInvisible, encode: identity }))
)

export const UploadedAtArgument = Schema.optionalKey(
  Schema.String.annotate({
    description:
      "When the file was uploaded: ISO 8601 with a time zone, such as 2026-01-31T09:30:00Z. Give it whenever it is known, so that the status of an earlier upload is not mistaken for this one's."
  }).check(
    Schema.makeFilter((text) => Option.isSome(isoTime(text)), {
      expected: "an ISO 8601 time with a time zone, such as 2026-01-31T09:30:00Z"
    })
  )
)

/** The tolerated difference between clocks. */
const MAX_SKEW = Duration.minutes(1)

/** Returns the time of the upload; fails with `InvalidArguments` if it lies in the future. */
export const readUploadedAt = Effect.fnUntraced(function* (uploadedAt = "") {
  const at = Option.getOrUndefined(isoTime(uploadedAt))
  const now = yield* DateTime.now
  if (at !== undefined && DateTime.isGreaterThan(at, DateTime.addDuration(now, MAX_SKEW))) {
    const problem = `uploadedAt: this time is in the future, because it is now ${DateTime.formatIso(now)}`
    return yield* new InvalidArguments({ problems: [problem] })
  }
  return at && DateTime.min(at, now)
})
