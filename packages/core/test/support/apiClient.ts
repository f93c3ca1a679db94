/** An API client without retries, for tests on the test clock. */
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import { ApiClient, type Service } from "../../src/internal/apiClient.ts"

/** Every attempt counts as sent, and then runs the given effect. */
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
