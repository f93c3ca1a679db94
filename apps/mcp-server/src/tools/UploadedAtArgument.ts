/**
 * The argument `uploadedAt`: the time of the upload, which distinguishes its status from an earlier upload's.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidArguments } from "../mcp/Failure.ts"

/** A time zone is required, because the server's can differ from the user's. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/iu

/** JavaScript reads the 30th of February as a day in March. */
const isDay = (text: string): boolean =>
  new Date(text.slice(0, 10)).getUTCDate() === Number(text.slice(8, 10))

export const UploadedAtArgument = Schema.optionalKey(
  Schema.String.annotate({
    description:
      "When the file was uploaded: ISO 8601 with a time zone, such as 2026-01-31T09:30:00Z. Give it whenever it is known, so that the status of an earlier upload is not mistaken for this one's."
  }).check(
    Schema.makeFilter((text) => ISO_8601.test(text) && DateTime.make(text)._tag === "Some" && isDay(text), {
      expected: "an ISO 8601 time with a time zone, such as 2026-01-31T09:30:00Z"
    })
  )
)

/** The tolerated difference between clocks. */
const MAX_SKEW = Duration.minutes(1)

/** Returns the time of the upload; fails with `InvalidArguments` if it lies in the future. */
export const readUploadedAt = (
  uploadedAt: string | undefined
): Effect.Effect<DateTime.Utc | undefined, InvalidArguments> =>
  uploadedAt === undefined
    ? Effect.undefined
    : Effect.flatMap(DateTime.now, (now) => {
        const at = DateTime.toUtc(DateTime.makeUnsafe(uploadedAt))
        return DateTime.isGreaterThan(at, DateTime.addDuration(now, MAX_SKEW))
          ? Effect.fail(
              new InvalidArguments({
                problems: [`uploadedAt: it lies in the future, as it is ${DateTime.formatIso(now)} now`]
              })
            )
          : Effect.succeed(DateTime.min(at, now))
      })
