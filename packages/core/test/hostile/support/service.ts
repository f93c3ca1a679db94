/** The service on a raw tenant. Without retries and a rate limit, a call is one exchange. */
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as ApiClient from "../../../src/ApiClient.ts"
import * as BulkUploads from "../../../src/BulkUploads.ts"
import * as RetryPolicy from "../../../src/RetryPolicy.ts"
import { noBudget } from "../../support/spending.ts"
import { type Answer, isToken, type Request } from "./rawTenant.ts"
import * as wire from "./wire.ts"

export const CLIENT_SECRET = "canary-client-secret"
export const ACCESS_TOKEN = "canary-access-token"

export const auth = { clientId: "canary", clientSecret: Redacted.make(CLIENT_SECRET) }

export const grant: Answer = wire.json(200, { access_token: ACCESS_TOKEN, expires_in: 600 })

/** Grants every token, and gives this answer to other requests. */
export const granting =
  (answer: Answer): Answer =>
  (socket, request: Request) =>
    (isToken(request) ? grant : answer)(socket, request)

export const service = (
  url: string,
  transport: Layer.Layer<HttpClient>,
  options: Partial<ApiClient.Options> = {}
) =>
  Layer.provide(
    BulkUploads.layer({
      baseUrl: url,
      auth,
      retryPolicy: RetryPolicy.none,
      requestBudget: noBudget,
      ...options
    }),
    transport
  )
