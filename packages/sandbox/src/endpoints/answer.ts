/**
 * The sandbox's answers without faults. Like a gateway, it checks the endpoint, the token, the rate limit, the scope, and
 * then the request.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import { READ_SCOPE, SEARCH_SCOPE, WRITE_SCOPE } from "../Client.ts"
import type { Endpoint, Match } from "../Endpoint.ts"
import { errorBody, type Source } from "../Source.ts"
import type { Tenant } from "../tenant/Tenant.ts"
import { authorize, type Users } from "./authorize.ts"
import { listRecords } from "./records.ts"
import {
  type Answer,
  type Admitted,
  badRequest,
  forbidden,
  json,
  notFound,
  type Response
} from "./responses.ts"
import { downloadTemplate, listSchemaAttributes } from "./schemaAttributes.ts"
import { search } from "./search.ts"
import { getSource, listSources } from "./sources.ts"
import { status } from "./status.ts"
import { token } from "./token.ts"
import { upload } from "./upload.ts"

interface Handler {
  readonly scope: string
  readonly answer: (admitted: Admitted, id: string) => Answer
}

const ofSource =
  (users: Users, answer: (admitted: Admitted, source: Source) => Answer): Handler["answer"] =>
  (admitted, id) =>
    Effect.gen(function* () {
      if (!ID.test(id)) return yield* badRequest("The ID is neither 32 hexadecimal digits nor a UUID.")
      const source = admitted.tenant.find(id)
      if (source === undefined) return yield* notFound("There is no non-employee source with this ID.")
      yield* authorize(users, admitted, source)
      return yield* answer(admitted, source)
    })

const ID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/iu

const handlers: Readonly<Record<Exclude<Endpoint, "token">, Handler>> = {
  sources: { scope: READ_SCOPE, answer: listSources },
  source: { scope: READ_SCOPE, answer: ofSource("account managers too", getSource) },
  status: { scope: READ_SCOPE, answer: ofSource("role context", status) },
  upload: { scope: WRITE_SCOPE, answer: ofSource("role context", upload) },
  schemaAttributes: { scope: READ_SCOPE, answer: ofSource("account managers too", listSchemaAttributes) },
  schemaTemplate: { scope: READ_SCOPE, answer: ofSource("role context", downloadTemplate) },
  records: { scope: READ_SCOPE, answer: listRecords },
  search: { scope: SEARCH_SCOPE, answer: search }
}

export const answer = (tenant: Tenant, match: Match, request: HttpServerRequest): Effect.Effect<Response> =>
  Effect.gen(function* () {
    if (match.endpoint === undefined) {
      if (match.status === 404) return yield* notFound("There is no such endpoint.")
      const { allow = "" } = match
      return json(405, errorBody(405, "405 Method Not Allowed", `Use ${allow}.`), { allow })
    }
    const query = new URL(request.url, "http://sandbox").searchParams
    if (match.endpoint === "token") return yield* token(tenant, request, query)
    const now = yield* Clock.currentTimeMillis
    const client = tenant.tokens.verify(request.headers["authorization"], now)
    if (typeof client === "string") return json(401, { error: client })
    const retryAfter = tenant.limiter.admit(`${client.clientId} ${match.version}`, now)
    if (retryAfter !== undefined) {
      return json(429, { message: " Rate Limit Exceeded " }, { "retry-after": String(retryAfter) })
    }
    const handler = handlers[match.endpoint]
    if (!client.scopes.includes(handler.scope)) {
      return yield* forbidden(`The token lacks the scope ${handler.scope}.`)
    }
    return yield* handler.answer({ tenant, client, request, query, now }, match.id)
  }).pipe(Effect.catch(Effect.succeed))
