/** An API client for tests in which only time counts: it never retries. */
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import { ApiClient, type Service } from "../../src/internal/apiClient.ts"

/** Its attempts count as sent at once, and then run the given effect. */
export const apiClient = (attempt: Service["attempt"]): Service =>
  ApiClient.of({
    tenant: {
      origin: "https://acme.api.identitynow.com",
      host: "acme.api.identitynow.com",
      apiVersion: "v2024"
    },
    accessToken: { get: Effect.never, refused: () => Effect.succeed(false) },
    attempt: (call) => Effect.andThen(call.onSend ?? Effect.void, attempt(call)),
    retry: identity
  })
