/**
 * A time that somebody waits, or waited, in an error: it ends, and is not negative. In JSON it is milliseconds.
 */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

export const Wait = Schema.DurationFromMillis.check(
  Schema.makeFilter((wait) => Duration.isFinite(wait) && !Duration.isNegative(wait), {
    expected: "a time of 0 or more that ends"
  })
)
