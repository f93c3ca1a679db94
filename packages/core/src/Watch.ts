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
import * as Schema from "effect/Schema"
import { BulkUploadError } from "./BulkUploadError.ts"
import { isSettled, State } from "./BulkUploadStatus.ts"
import { seconds, toMessage } from "./internal/errorText.ts"
import { Wait } from "./internal/wait.ts"

export { type Options, schedule } from "./internal/watchOptions.ts"

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
