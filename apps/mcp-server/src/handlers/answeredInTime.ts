import { type BulkUploadError, RequestTimeout } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Many assistants cancel a call after 60 s, so a call that does not wait for an upload ends well before that. */
const ANSWER_WITHIN = Duration.seconds(45)

/** Fails a call with a `RequestTimeout` after 45 s. */
export const answeredInTime = (
  about: Pick<RequestTimeout, "operation"> & { readonly sourceId?: string }
): (<A, R>(call: Effect.Effect<A, BulkUploadError, R>) => Effect.Effect<A, BulkUploadError, R>) =>
  Effect.timeoutOrElse({
    duration: ANSWER_WITHIN,
    orElse: () => Effect.fail(new RequestTimeout({ ...about, after: ANSWER_WITHIN }))
  })
