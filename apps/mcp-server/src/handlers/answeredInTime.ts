import { type BulkUploadError, RequestTimeout } from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Assistants hang up at about 60 s; a call that is not about waiting answers well before. */
const ANSWER_WITHIN = Duration.seconds(45)

/** Ends a call that takes too long, whatever happens upstream; `about` is what its error tells of. */
export const answeredInTime = (
  about: Pick<RequestTimeout, "operation"> & { readonly sourceId?: string }
): (<A, R>(call: Effect.Effect<A, BulkUploadError, R>) => Effect.Effect<A, BulkUploadError, R>) =>
  Effect.timeoutOrElse({
    duration: ANSWER_WITHIN,
    orElse: () => Effect.fail(new RequestTimeout({ ...about, after: ANSWER_WITHIN }))
  })
