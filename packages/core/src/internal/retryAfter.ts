/**
 * The wait in `Retry-After`, read so that no request is sent too early. RFC 9110, section 10.2.3, has whole seconds and
 * HTTP dates. Gateways also send fractions, which are rounded up, and the header twice, which HTTP clients return as a
 * list: its longest wait applies. Any other value counts as absent.
 */
import * as Duration from "effect/Duration"
import * as Headers from "effect/http/Headers"
import * as Result from "effect/Result"

/** A comma, but not the one after the day of an HTTP date. */
const BETWEEN_VALUES = /(?<!\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*),/iu

/** The time from the epoch to the last date (ECMA-262, section 21.4.1.1). */
const LONGEST = Duration.millis(8.64e15)

const FRACTION = /^\d{1,15}\.\d+$/u

export const readRetryAfter = (header: string, now: number): Duration.Duration | undefined => {
  const waits = header.split(BETWEEN_VALUES).flatMap((value) => {
    const trimmed = value.trim()
    const parsed = Headers.parseRetryAfter(
      FRACTION.test(trimmed) ? String(Math.ceil(Number(trimmed))) : trimmed
    )
    return Result.isSuccess(parsed) ? [Headers.retryAfterDelay(parsed.success, now)] : []
  })
  const [first, ...others] = waits
  return first === undefined ? undefined : Duration.min(others.reduce(Duration.max, first), LONGEST)
}
