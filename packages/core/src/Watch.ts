/**
 * Following a source until its job has ended: how often to check, and when to believe a status.
 *
 * **Details**
 *
 * All followers of a source share its checks, whatever their schedules: a follower sends a request only if no other
 * follower has sent one since its last check. A first check is never older than the start of its follower.
 *
 * **Gotchas**
 *
 * SailPoint returns the status of the *newest* job, and right after an upload that can still be the job before: a
 * `COMPLETED` that is an hour old looks like a new one. So give the time of the upload (`since`): a settled status is
 * then believed only after another status was seen, or after a grace time. Null is never settled.
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
 *   return yield* uploads.awaitSettled("e136567de87e4d029e60b3c3c55db56d", {
 *     timeout: "30 minutes",
 *     since,
 *     onCheck: ({ status }) => Effect.log(`It is ${status}`)
 *   })
 * }).pipe(Effect.catchTag("NotSettled", ({ message }) => Effect.logWarning(message)))
 * ```
 */
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { BulkUploadError } from "./BulkUploadError.ts"
import { isSettled, nextStep, State } from "./BulkUploadStatus.ts"
import { ExplainedError, seconds, Wait } from "./internal/errorText.ts"

/** How to follow a source. */
export interface Options {
  /**
   * The waits between checks. After each wait, the next check is the newest one of another follower of the source, or
   * else a new request. Default: `Watch.schedule`.
   */
  readonly schedule?: Schedule.Schedule<unknown> | undefined
  /** When the file was uploaded: settled statuses of earlier jobs are not believed. */
  readonly since?: DateTime.DateTime | undefined
  /**
   * The longest wait between two checks that SailPoint may ask for. For a longer one, following fails with
   * `RateLimited`. Default: 1 minute.
   */
  readonly maxRetryAfter?: Duration.Input | undefined
  /** The time after `since` from which a settled status is believed although it never changed. Default: 1 minute. */
  readonly grace?: Duration.Input | undefined
}

/** Waits 1 second at first, then 1.5 times as long after each check, up to 15 seconds. */
export const schedule: Schedule.Schedule<unknown> = Schedule.min([
  Schedule.exponential("1 second", 1.5),
  Schedule.spaced("15 seconds")
])

/**
 * `awaitSettled` timed out: the job has not ended, or its end is not believed yet. `BulkUploadError` does not include it,
 * because a status request cannot fail with it.
 */
export class NotSettled extends ExplainedError<NotSettled>()("NotSettled", {
  sourceId: Schema.String,
  after: Wait,
  /** The last status, if there was one. */
  status: Schema.optionalKey(State),
  /** The failure of the last check, if it failed. */
  lastFailure: Schema.optionalKey(BulkUploadError)
}) {
  readonly retryable = true
  get summary(): string {
    const last = this.status === undefined ? "no status arrived" : `the last status was ${this.status}`
    const failure = this.lastFailure === undefined ? "" : ` ${this.lastFailure.summary}`
    return `The end of the upload on source ${this.sourceId} was not confirmed within ${seconds(this.after)}: ${last}.${failure}`
  }
  get nextStep(): string {
    if (this.lastFailure !== undefined) return this.lastFailure.nextStep
    if (this.status === undefined) {
      return "Wait again with a longer timeout: the request can still be waiting for the rate limit."
    }
    if (this.status === null) return nextStep(this.status)
    return isSettled(this.status)
      ? "Check again in a moment: the status can still belong to the previous job, and is believed only after the grace time."
      : "Wait again: SailPoint continues to process the job."
  }
}
