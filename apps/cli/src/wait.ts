/**
 * `wait`: waits until the newest upload of a source has ended, or the time is up.
 */
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import * as Watch from "@sailpoint-bulk-upload/core/Watch"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { End } from "./End.ts"
import * as ExitCode from "./ExitCode.ts"
import { reportFailure } from "./failure.ts"
import * as output from "./output.ts"
import * as Progress from "./Progress.ts"
import { report } from "./report.ts"
import { resolveSource } from "./resolveSource.ts"

export interface Input {
  readonly source: string
  readonly timeout: Duration.Duration
  readonly since: Option.Option<DateTime.Utc>
  readonly json: boolean
  readonly quiet: boolean
}

export const wait = Effect.fn("cli.wait")(function* ({ json, quiet, since, source, timeout }: Input) {
  const { name, sourceId } = yield* resolveSource(source)
  const { awaitSettled } = yield* BulkUploads
  let checks = 0
  let last: DateTime.Utc | undefined
  const waiting = Effect.gen(function* () {
    const progress = yield* Progress.make({ name, timeout, quiet })
    return yield* awaitSettled(sourceId, {
      timeout,
      since: Option.getOrUndefined(since),
      // A pipeline can wait as long as SailPoint requests.
      maxRetryAfter: timeout,
      schedule: Schedule.tap(Watch.schedule, ({ duration }) => progress.next(duration)),
      onCheck: ({ status }, at) => {
        checks += 1
        last = at
        return progress.checked(status, at)
      },
      onFailedCheck: ({ summary }, at) => progress.failed(summary, at)
    })
  })
  const [waited, exit] = yield* Effect.timed(Effect.result(Effect.scoped(waiting)))
  const figures = { waitedSeconds: Math.round(Duration.toSeconds(waited)), checks }
  if (Result.isSuccess(exit) && last !== undefined) {
    const { status } = exit.success
    if (json)
      yield* output.json({ ...report({ ...exit.success, checkedAt: last }), timedOut: false, ...figures })
    else yield* output.result(status)
    if (status === "ERROR") yield* output.note(BulkUploadStatus.nextStep(status))
    return yield* End.with(ExitCode.ofStatus(status))
  }
  if (Result.isSuccess(exit)) return yield* Effect.die(new Error("A settled status without a check."))
  const error = exit.failure
  if (error._tag !== "NotSettled") return yield* error
  yield* reportFailure(error, json, { timedOut: true, status: error.status ?? null, ...figures })
  // If no check returned a status, SailPoint could not be reached.
  return yield* End.with(error.status === undefined ? ExitCode.FAILED : ExitCode.TIME_IS_UP)
})
