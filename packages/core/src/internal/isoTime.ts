import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

/** With a time zone: without one, a time would depend on the computer that reads it. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/iu

/** JavaScript reads the 30th of February as a day in March. */
const isDay = (text: string): boolean =>
  new Date(text.slice(0, 10)).getUTCDate() === Number(text.slice(8, 10))

/** Reads an ISO 8601 time with a time zone. */
export const isoTime = (text: string): Option.Option<DateTime.Utc> =>
  ISO_8601.test(text) && isDay(text) ? Option.map(DateTime.make(text), DateTime.toUtc) : Option.none()
