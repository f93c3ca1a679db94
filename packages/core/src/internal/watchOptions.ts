import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"

/**
 * How to follow a source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * When to take the next check, after each one: the newest check of another follower of the source, or else a new
   * request. Followers do not need the same schedule to share their checks.
   *
   * @default Watch.schedule
   */
  readonly schedule?: Schedule.Schedule<unknown> | undefined
  /** When the upload in question was made: settled statuses of earlier jobs are not believed. */
  readonly since?: DateTime.DateTime | undefined
  /**
   * The longest wait that SailPoint may ask for between two checks; asked for more, it fails with
   * `RateLimited`.
   *
   * @default "1 minute"
   */
  readonly maxRetryAfter?: Duration.Input | undefined
  /**
   * How long after `since` a settled status that never changed is believed all the same.
   *
   * @default "1 minute"
   */
  readonly grace?: Duration.Input | undefined
}

/**
 * Eagerly at first (after a second), ever more calmly, and every 15 seconds in the end.
 *
 * @category schedules
 * @since 0.1.0
 */
export const schedule: Schedule.Schedule<unknown> = Schedule.min([
  Schedule.exponential("1 second", 1.5),
  Schedule.spaced("15 seconds")
])
