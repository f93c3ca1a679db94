import type { ServerContext } from "@modelcontextprotocol/server"
import { RequestTimeout } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { BulkUploads } from "@sailpoint-bulk-upload/core/BulkUploads"
import { isSettled, type State } from "@sailpoint-bulk-upload/core/BulkUploadStatus"
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import type { NotSettled } from "@sailpoint-bulk-upload/core/Watch"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { Shutdown } from "../process/Shutdown.ts"
import { reportOf } from "./StatusReport.ts"
import { cutTo } from "../text/TokenEstimate.ts"

/** The limit of a failure in the next step, in tokens. */
const MAX_FAILURE = 400

const WAIT_ON =
  "Still running: call wait_for_bulk_upload again to continue waiting; nothing is lost in between."

/** The next step for a settled status with `timedOut`: it never changed, and the upload is too recent to believe it. */
const NOT_BELIEVED =
  "This can still be the status of an earlier upload: call wait_for_bulk_upload again with the same uploadedAt."

interface Request {
  readonly sourceId: string
  /** When the upload was made, if that is known. */
  readonly since: DateTime.Utc | undefined
  readonly timeoutSeconds: number
}

/** Returns the next step after the timeout: for the last status, or for a failure since then. */
const nextStepWhenTimedOut = ({ lastFailure, status }: NotSettled): string | undefined => {
  if (lastFailure !== undefined) {
    const since = cutTo(MAX_FAILURE, `${lastFailure.summary} ${nameVariables(lastFailure.nextStep)}`)
    return `The status is as of checkedAt; every check since then failed. ${since}`
  }
  if (status === undefined || status === null) return undefined
  return isSettled(status) ? NOT_BELIEVED : WAIT_ON
}

/** Answers the tool `wait_for_bulk_upload`, and sends progress with every check. */
export const waitForBulkUpload = (
  { since, sourceId, timeoutSeconds }: Request,
  mcpRequest: ServerContext["mcpReq"]
) =>
  Effect.gen(function* () {
    const uploads = yield* BulkUploads
    const sendProgress = progressTo(mcpRequest)
    const timeout = Duration.seconds(timeoutSeconds)
    const start = yield* Clock.monotonicTimeNanos
    let attempts = 0
    let checks = 0
    let checkedAt = yield* DateTime.now
    const checked = Latch.makeUnsafe()
    const shutdown = yield* Shutdown

    const waited = Effect.map(Clock.monotonicTimeNanos, (now) => Math.round(Number(now - start) / 1e8) / 10)
    const report = (status: State, timedOut: boolean, nextStep?: string) =>
      Effect.map(waited, (waitedSeconds) => ({
        ...reportOf({ sourceId, status }, checkedAt),
        ...(nextStep === undefined ? {} : { nextStep }),
        settled: !timedOut,
        timedOut,
        waitedSeconds,
        checks
      }))

    return yield* uploads
      .awaitSettled(sourceId, {
        timeout,
        since,
        until: Effect.all([shutdown.await, checked.await]),
        onCheck: ({ status }, at) =>
          Effect.gen(function* () {
            checks += 1
            checkedAt = at
            yield* sendProgress(++attempts, `${status ?? "No status yet"} after ${yield* waited} s`)
            checked.openUnsafe()
          }),
        onFailedCheck: ({ summary }) =>
          Effect.gen(function* () {
            yield* sendProgress(++attempts, `No status after ${yield* waited} s: ${summary}`)
            checked.openUnsafe()
          })
      })
      .pipe(
        Effect.flatMap(({ status }) => report(status, false)),
        Effect.catchTag("NotSettled", (notSettled) =>
          notSettled.status === undefined
            ? Effect.fail(notSettled.lastFailure ?? new RequestTimeout({ sourceId, after: timeout }))
            : report(notSettled.status, true, nextStepWhenTimedOut(notSettled))
        )
      )
  })

/** Sends progress if the request has a progress token, and ignores a disconnected client. */
const progressTo =
  ({ _meta, notify }: ServerContext["mcpReq"]) =>
  (progress: number, message: string): Effect.Effect<void> => {
    const progressToken = _meta?.progressToken
    if (progressToken === undefined) return Effect.void
    const params = { progressToken, progress, message }
    return Effect.ignore(Effect.tryPromise(() => notify({ method: "notifications/progress", params })))
  }
