/**
 * The status of the newest bulk upload of a source: its schema, and its meaning.
 *
 * SailPoint returns only this status: no job ID, time, count or reason. Right after an upload, it can still be the status
 * of the job before.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { BulkUploadStatus, getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
 *
 * const report = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d").pipe(
 *   Effect.flatMap(({ status }) =>
 *     Effect.log(BulkUploadStatus.meaning(status), BulkUploadStatus.nextStep(status))
 *   )
 * )
 * ```
 */
import * as Schema from "effect/Schema"
import { SourceId } from "./SourceId.ts"

/**
 * Decodes the four documented statuses, and null. Names and meanings are those of SailPoint's API page for
 * `getNonEmployeeBulkUploadStatus`.
 */
export const State = Schema.NullOr(Schema.Literals(["PENDING", "IN_PROGRESS", "COMPLETED", "ERROR"]))

/** `PENDING`, `IN_PROGRESS`, `COMPLETED`, `ERROR`, or null. */
export type State = typeof State.Type

/** Decodes a status with the source ID that the caller gave. */
export const BulkUploadStatus = Schema.Struct({ sourceId: SourceId, status: State })

/** A status with its source. */
export interface BulkUploadStatus extends Schema.Schema.Type<typeof BulkUploadStatus> {}

/**
 * Returns whether the job has ended: `COMPLETED` or `ERROR`. Null is not settled: it means that a job was submitted or,
 * perhaps, that there never was one.
 */
export const isSettled = (state: State): state is "COMPLETED" | "ERROR" =>
  state === "COMPLETED" || state === "ERROR"

/** Returns a sentence that describes the status and its uncertainty to a user. */
export const meaning = (state: State): string => {
  switch (state) {
    case "PENDING":
      return "The newest bulk upload is queued and waits to be processed."
    case "IN_PROGRESS":
      return "The newest bulk upload is being processed."
    case "COMPLETED":
      return "The newest bulk upload that SailPoint knows of finished without errors. Right after an upload, this can still be the previous one."
    case "ERROR":
      return "The newest bulk upload that SailPoint knows of failed with errors; SailPoint does not say which. Right after an upload, this can still be the previous one."
    case null:
      return "SailPoint returns no status. Its documentation says that a job was submitted to the source; whether null can also mean that nothing was ever uploaded is not documented."
  }
}

/** Returns what a user can do about the status. */
export const nextStep = (state: State): string => {
  switch (state) {
    case "PENDING":
    case "IN_PROGRESS":
      return "Check again later. Do not upload another file while this one runs, because that upload would fail."
    case "COMPLETED":
      return "Nothing, if this was the upload in question. If it was made moments ago, check again in a minute to be sure."
    case "ERROR":
      return "Look at the audit events NON_EMPLOYEE_BULK_IMPORT_FAILED in SailPoint, compare the CSV with the source's template, and upload again once no job runs."
    case null:
      return "If a file was just uploaded, check again in a minute. If the status remains null, check in SailPoint that the upload was made on this source."
  }
}
