/**
 * The status of the newest bulk-upload job of a source: its schema, and what it means.
 *
 * SailPoint tells nothing but this one word: no job id, time, count or reason. Right after an upload it can
 * still be the word of the job before.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { SourceId } from "./SourceId.ts"

/**
 * The four documented words. Names and meanings are those of SailPoint's API page for
 * `getNonEmployeeBulkUploadStatus`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const State = Schema.NullOr(Schema.Literals(["PENDING", "IN_PROGRESS", "COMPLETED", "ERROR"]))

/**
 * `PENDING`, `IN_PROGRESS`, `COMPLETED`, `ERROR`, or null.
 *
 * @category models
 * @since 0.1.0
 */
export type State = typeof State.Type

/** An object, and nothing in it. */
const Keyless = Schema.Unknown.check(
  Schema.makeFilter((body: unknown) => Predicate.isObject(body) && Object.keys(body).length === 0)
)

/**
 * The body of a 200 answer. The key is not required there, so an object without any key reads as null. One
 * without this key, but with others, is the answer to something else (an error that came with a 200, say),
 * and does not decode; nor does a value that is none of the documented ones.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ResponseBody = Schema.Union([
  Schema.Struct({ status: State }),
  Keyless.pipe(
    Schema.decodeTo(
      Schema.Struct({ status: Schema.Null }),
      SchemaTransformation.transform<{ readonly status: null }, unknown>({
        decode: () => ({ status: null }),
        encode: () => ({})
      })
    )
  )
])

/**
 * A status together with the source it is of, as that id was given.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BulkUploadStatus = Schema.Struct({ sourceId: SourceId, status: State })

/**
 * A status together with the source it is of.
 *
 * @category models
 * @since 0.1.0
 */
export interface BulkUploadStatus extends Schema.Schema.Type<typeof BulkUploadStatus> {}

/**
 * Whether the job has ended: `COMPLETED` or `ERROR`. Null is not settled: it says that a job was submitted,
 * and perhaps that there never was one.
 *
 * @example
 * ```ts
 * import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
 *
 * BulkUploadStatus.isSettled("COMPLETED") // true
 * BulkUploadStatus.isSettled(null) // false
 * ```
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSettled = (state: State): state is "COMPLETED" | "ERROR" =>
  state === "COMPLETED" || state === "ERROR"

/**
 * The status in plain words, for a person, honest about what SailPoint leaves open.
 *
 * @example
 * ```ts
 * import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
 *
 * BulkUploadStatus.meaning("PENDING") // "The newest bulk upload is queued and waits to be processed."
 * ```
 *
 * @category formatting
 * @since 0.1.0
 */
export const meaning = (state: State): string => {
  switch (state) {
    case "PENDING":
      return "The newest bulk upload is queued and waits to be processed."
    case "IN_PROGRESS":
      return "The newest bulk upload is being processed."
    case "COMPLETED":
      return "The newest bulk upload that SailPoint knows of finished without errors. Right after an upload this can still be the one before it."
    case "ERROR":
      return "The newest bulk upload that SailPoint knows of failed with errors; SailPoint does not say which. Right after an upload this can still be the one before it."
    case null:
      return "SailPoint gives no status. Its documentation says that a job was submitted to the source; whether it can also mean that nothing was ever uploaded is not documented."
  }
}

/**
 * What a person can do now, given the status.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as BulkUploadStatus from "@sailpoint-bulk-upload/core/BulkUploadStatus"
 *
 * const tell = (status: BulkUploadStatus.State) =>
 *   Effect.log(BulkUploadStatus.meaning(status), BulkUploadStatus.nextStep(status))
 * ```
 *
 * @category formatting
 * @since 0.1.0
 */
export const nextStep = (state: State): string => {
  switch (state) {
    case "PENDING":
    case "IN_PROGRESS":
      return "Ask again later; do not upload another file while this one runs, because that upload would fail."
    case "COMPLETED":
      return "Nothing, if this was the upload in question. If it was made moments ago, ask again in a minute to be sure."
    case "ERROR":
      return "Look at the audit events NON_EMPLOYEE_BULK_IMPORT_FAILED in SailPoint, compare the CSV with the source's template, and upload again once no job runs."
    case null:
      return "If a file was just uploaded, ask again in a minute. If it stays, check in SailPoint that the upload was made on this source."
  }
}
