/**
 * Sample code that uses the service: the text of a morning email about uploads. Its tests, `test/mocking.test.ts`, show
 * three ways to run it without a tenant. Run them with `pnpm example mocking`.
 */
import { BulkUploads } from "@sailpoint-bulk-upload/core"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

export interface Subject {
  readonly name: string
  readonly sourceId: string
}

/** Returns a line for each source that needs attention, or one line if none does. */
export const digest = Effect.fn("digest")(function* (subjects: ReadonlyArray<Subject>) {
  const uploads = yield* BulkUploads.BulkUploads
  const results = yield* uploads.statuses(subjects.map(({ sourceId }) => sourceId))
  const lines = Arr.zip(subjects, results).flatMap(([{ name }, result]) =>
    Result.match(result, {
      onFailure: (error) => [`${name}: unknown. ${error.message}`],
      onSuccess: ({ status }) => (status === "ERROR" ? [`${name}: the upload failed.`] : [])
    })
  )
  return lines.length === 0 ? "Every upload is in order." : lines.join("\n")
})

/** Returns the email after an upload, when it has ended or an hour has passed. */
export const afterUpload = Effect.fn("afterUpload")(function* ({ name, sourceId }: Subject) {
  const uploads = yield* BulkUploads.BulkUploads
  return yield* uploads.awaitSettled(sourceId, { timeout: "1 hour" }).pipe(
    Effect.map(({ status }) => `${name}: ${status}`),
    Effect.catchTag("NotSettled", () => Effect.succeed(`${name}: still running after an hour.`))
  )
})
