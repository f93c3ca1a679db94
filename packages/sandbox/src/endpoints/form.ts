/** The form of a request, in either encoding. */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"

/** Returns an empty form for a malformed body, which is the client's mistake and not a bug of the sandbox. */
export const readForm = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<FormData> =>
  HttpServerRequest.toWeb(request).pipe(
    Effect.flatMap((web) => Effect.tryPromise(() => web.formData())),
    Effect.orElseSucceed(() => new FormData())
  )
