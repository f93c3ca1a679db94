import { type BulkUploadError, RequestTimeout } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Assistants cancel a call after about 60 s, so a call that does not wait answers well before that. */
const ANSWER_WITHIN = Duration.seconds(45)

/** Ends a call that takes too long with a `RequestTimeout` about the subject. */
export const answeredInTime = (
  about: Pick<RequestTimeout, "operation"> & { readonly sourceId?: string }
): (<A, R>(call: Effect.Effect<A, BulkUploadError, R>) => Effect.Effect<A, BulkUploadError, R>) =>
  Effect.timeoutOrElse({
    duration: ANSWER_WITHIN,
    orElse: () => Effect.fail(new RequestTimeout({ ...about, after: ANSWER_WITHIN }))
  })
