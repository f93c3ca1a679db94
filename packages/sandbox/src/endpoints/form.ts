/** The form of a request, in either of the two encodings that forms have. */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"

/** An empty form for a body that is none: that is the client's mistake, and no defect of the sandbox. */
export const readForm = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<FormData> =>
  HttpServerRequest.toWeb(request).pipe(
    Effect.flatMap((web) => Effect.tryPromise(() => web.formData())),
    Effect.orElseSucceed(() => new FormData())
  )
