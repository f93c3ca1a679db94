/**
 * Following one source until its job has ended: how often to ask, and when to believe the answer.
 *
 * **Sharing.** All followers of a source share its checks, whatever their schedules: a follower asks only if nobody has
 * asked since its last check. Its first check is asked for after it came.
 *
 * **The trap.** SailPoint tells the status of the *newest* job, and right after an upload that can still be
 * the job before: a `COMPLETED` that is an hour old looks like one of this second. So say when the file was
 * uploaded (`since`): a settled status is then believed only once another status was seen, or once a grace
 * time after the upload has passed. Null is never settled.
 *
 * @example
 * ```ts
 * import * as DateTime from "effect/DateTime"
 * import * as Effect from "effect/Effect"
 * import { BulkUploads } from "@sailpoint-bulk-upload/core"
 *
 * const done = Effect.gen(function* () {
 *   const uploads = yield* BulkUploads.BulkUploads
 *   const since = yield* DateTime.now // just uploaded
 *   return yield* uploads.awaitSettled("e136567de87e4d029e60b3c3c55db56d", { timeout: "30 minutes", since })
 * })
 * ```
 *
 * @since 0.1.0
 */

import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { BulkUploadError } from "./BulkUploadError.ts"
import { isSettled, State } from "./BulkUploadStatus.ts"
import { seconds, toMessage } from "./internal/errorText.ts"
import { Wait } from "./internal/wait.ts"

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

/**
 * `awaitSettled` ran out of time: the job has not ended, or its end is not believed yet. Not in the union,
 * because asking for a status cannot fail with it.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotSettled extends Schema.TaggedError<NotSettled>()("NotSettled", {
  sourceId: Schema.String,
  /** How long it waited. */
  after: Wait,
  /** The last status; absent when none came. */
  status: Schema.optionalKey(State),
  /** What the last try to get a status failed with, where it did. */
  lastFailure: Schema.optionalKey(BulkUploadError)
}) {
  get retryable(): boolean {
    return true
  }
  get summary(): string {
    const last = this.status === undefined ? "no status came" : `the last status was ${this.status}`
    const failure = this.lastFailure === undefined ? "" : ` ${this.lastFailure.summary}`
    return `The upload on source ${this.sourceId} was not settled within ${seconds(this.after)}: ${last}.${failure}`
  }
  get nextStep(): string {
    if (this.lastFailure !== undefined) return this.lastFailure.nextStep
    return this.status !== undefined && isSettled(this.status)
      ? "Ask again in a moment: that status can still be the one of the job before, and is believed once the grace time has passed."
      : "Wait again: SailPoint works on, and nothing is lost by asking later."
  }
  override get message(): string {
    return toMessage(this)
  }
}
