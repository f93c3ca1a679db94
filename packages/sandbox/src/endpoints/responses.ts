/** The answers of every endpoint: JSON, and errors in the documented form. */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { Client } from "../Client.ts"
import { errorBody } from "../Source.ts"
import type { Tenant } from "../tenant/Tenant.ts"

export type Response = HttpServerResponse.HttpServerResponse

/** An answer, or a refusal that ends the request. */
export type Answer = Effect.Effect<Response, Response>

/** A request that passed the gateway's checks. */
export interface Admitted {
  readonly tenant: Tenant
  readonly client: Client
  readonly request: HttpServerRequest
  readonly query: URLSearchParams
  /** Milliseconds since the epoch. */
  readonly now: number
}

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.jsonUnsafe(body, { status, headers })

const refusal = (status: number, detailCode: string) => (text: string) =>
  Effect.fail(json(status, errorBody(status, detailCode, text)))

export const badRequest = refusal(400, "400.1 Bad Request Content")
export const forbidden = refusal(403, "403 Forbidden")
export const notFound = refusal(404, "404 Not found")
