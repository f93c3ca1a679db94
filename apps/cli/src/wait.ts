import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import { BulkUploadStatus, Watch } from "@sailpoint-bulk-upload/core"
import { statusReport } from "@sailpoint-bulk-upload/core/workspace"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { findSource, json, NAME, parsed, running, source, time, toggle } from "./command.ts"
import * as ExitCode from "./ExitCode.ts"
import { reportFailure } from "./failure.ts"
import * as output from "./output.ts"
import * as Progress from "./Progress.ts"
import { parseDuration } from "./time.ts"

const flags = {
  source,
  timeout: parsed("timeout", "DURATION", parseDuration).pipe(
    Flag.withDescription("How long to wait, for example 90s, 30m or 1h30m (default: 30m)"),
    Flag.withDefault(Duration.minutes(30))
  ),
  since: time(
    "since",
    "When the file was uploaded, as ISO 8601 or a duration ago; ignores the result of an earlier upload"
  ),
  json,
  quiet: toggle("quiet", "Print no progress")
}

export const wait = Command.make(
  "wait",
  flags,
  running(
    Effect.fn("cli.wait")(function* ({ json, quiet, since, source, timeout }) {
      const { name, sourceId } = yield* findSource(source)
      const { awaitSettled } = yield* BulkUploads
      let checks = 0
      let checkedAt = yield* DateTime.now
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
            checkedAt = at
            return progress.checked(status, at)
          },
          onFailedCheck: ({ summary }, at) => progress.failed(summary, at)
        })
      })
      const [waited, exit] = yield* Effect.timed(Effect.result(Effect.scoped(waiting)))
      const figures = { waitedSeconds: Math.round(Duration.toSeconds(waited)), checks }
      if (Result.isSuccess(exit)) {
        const { status } = exit.success
        yield* json
          ? output.json({ ...statusReport(exit.success, checkedAt), timedOut: false, ...figures })
          : output.result(status)
        if (status === "ERROR") yield* output.note(BulkUploadStatus.nextStep(status))
        return yield* ExitCode.end(ExitCode.ofStatus(status))
      }
      const error = exit.failure
      if (error._tag !== "NotSettled") return yield* error
      yield* reportFailure(error, json, { timedOut: true, status: error.status ?? null, ...figures })
      // A wait that read no status has failed, whatever the reason.
      return yield* ExitCode.end(error.status === undefined ? ExitCode.FAILED : ExitCode.TIMED_OUT)
    })
  )
).pipe(
  Command.withDescription(
    "Wait until the newest bulk upload of a source has ended. Exits with 0 only on COMPLETED."
  ),
  Command.withExamples([
    {
      command: `${NAME} wait Contractors --timeout 1h --since 2m`,
      description: "An upload made two minutes ago"
    }
  ])
)
