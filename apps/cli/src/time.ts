import { isoTime } from "@sailpoint-bulk-upload/core/workspace"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const
const DURATION = /^(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?$/iu

/** Parses days, hours, minutes and seconds in this order, for example `1h30m` or `90s`. */
export const parseDuration = (text: string): Result.Result<Duration.Duration, string> => {
  const parts = DURATION.exec(text.trim())
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = parts ?? []
  const total =
    Number(days) * UNITS.d + Number(hours) * UNITS.h + Number(minutes) * UNITS.m + Number(seconds) * UNITS.s
  return total > 0
    ? Result.succeed(Duration.seconds(total))
    : Result.fail("a duration above zero, for example 90s, 30m or 1h30m")
}

/** Parses an ISO 8601 time with a time zone, or a duration that counts back from `now`. Refuses a future time. */
export const parseTime = (text: string, now: DateTime.Utc): Result.Result<DateTime.Utc, string> => {
  const ago = parseDuration(text)
  if (Result.isSuccess(ago)) return Result.succeed(DateTime.subtractDuration(now, ago.success))
  const time = isoTime(text.trim())
  if (Option.isNone(time)) {
    return Result.fail("a time, for example 2026-11-29T10:00:00Z, or a duration ago, for example 5m")
  }
  return DateTime.isGreaterThan(time.value, now)
    ? Result.fail("a time in the past")
    : Result.succeed(time.value)
}

/** Formats a duration for a live line: `45 s`, `12 min 5 s`, `2 h 3 min`. */
export const brief = (millis: number): string => {
  const seconds = Math.max(0, Math.round(millis / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < UNITS.h) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / UNITS.h)} h ${Math.floor((seconds % UNITS.h) / 60)} min`
}
