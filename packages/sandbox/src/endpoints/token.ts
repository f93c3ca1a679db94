/** The token endpoint (RFC 6749, sections 4.4 and 5). As SailPoint documents, the fields are in a form or in the query. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { Tenant } from "../tenant/Tenant.ts"
import { readForm } from "./form.ts"
import { type Answer, json } from "./responses.ts"

export const token = (tenant: Tenant, request: HttpServerRequest, query: URLSearchParams): Answer =>
  Effect.gen(function* () {
    const form = yield* readForm(request)
    const field = (name: string) => form.get(name) ?? query.get(name)
    const grant = field("grant_type")
    if (grant === null) {
      return yield* refuse(400, "invalid_request", "Neither the form nor the query has a grant_type.")
    }
    if (grant !== "client_credentials") {
      return yield* refuse(400, "unsupported_grant_type", "The sandbox grants client_credentials only.")
    }
    const client = tenant.clients.find(
      ({ clientId, clientSecret }) =>
        clientId === field("client_id") && clientSecret === field("client_secret")
    )
    if (client === undefined) {
      return yield* refuse(401, "invalid_client", "The client ID or the secret is wrong.")
    }
    const { expiresIn, token } = tenant.tokens.issue(client, yield* Clock.currentTimeMillis)
    return json(200, {
      access_token: token,
      token_type: "bearer",
      expires_in: expiresIn,
      scope: client.scopes.join(" "),
      tenant_id: "sandbox",
      pod: "sandbox",
      org: "sandbox"
    })
  })

const refuse = (status: number, error: string, description: string) =>
  Effect.fail(json(status, { error, error_description: description }))
