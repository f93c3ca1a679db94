/** The client as the services of this library use it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { BulkUploadError } from "../BulkUploadError.ts"
import type { Call } from "./send.ts"
import type { Tenant } from "./tenant.ts"
import type { AccessToken } from "./tokens.ts"

export type { Call } from "./send.ts"

export interface Service {
  readonly tenant: Tenant
  readonly accessToken: AccessToken
  /** Sends a request once, and once more with a new token if SailPoint refuses the token. */
  readonly attempt: <A>(call: Call<A>) => Effect.Effect<A, BulkUploadError>
  /** Retries an attempt as the retry policy says. */
  readonly retry: <A>(attempt: Effect.Effect<A, BulkUploadError>) => Effect.Effect<A, BulkUploadError>
}

/** One client, for any number of services, which share its access token. */
export class ApiClient extends Context.Service<ApiClient, Service>()(
  "@sailpoint-bulk-upload/core/ApiClient"
) {}
