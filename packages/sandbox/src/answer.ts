/**
 * What the sandbox answers when nothing goes wrong on purpose, strict in the order of a gateway: is there such
 * an endpoint, is the token good, is there budget, has the token the scope, is the request right.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Client from "./Client.ts"
import type { Match } from "./Endpoint.ts"
import * as Fault from "./Fault.ts"
import * as Job from "./Job.ts"
import type { Limiter } from "./Limiter.ts"
import { errorBody, type Source } from "./Source.ts"

/** What an answer depends on. */
export interface Answer {
  readonly clients: ReadonlyArray<Client.Client>
  readonly tokens: Client.Tokens
  readonly limiter: Limiter
  readonly sources: ReadonlyArray<Source>
  readonly find: (id: string) => Source | undefined
  readonly jobs: ReadonlyMap<string, Job.Job>
  readonly upload: (source: Source, csv: string) => Effect.Effect<void>
  readonly ownFault: (source: Source | undefined) => Fault.Fault | undefined
}

type Response = Effect.Effect<HttpServerResponse.HttpServerResponse>

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  HttpServerResponse.jsonUnsafe(body, { status, headers })

const badRequest = (text: string) => json(400, errorBody(400, "400.1 Bad Request Content", text))
const notFound = (text: string) => json(404, errorBody(404, "404 Not found", text))

export const answer = (
  tenant: Answer,
  match: Match,
  request: HttpServerRequest.HttpServerRequest
): Response => {
  if (match.endpoint === undefined) {
    return Effect.succeed(
      match.status === 405
        ? json(405, errorBody(405, "405 Method Not Allowed", `Use ${match.allow}.`), {
            allow: match.allow ?? ""
          })
        : notFound("There is no such endpoint.")
    )
  }
  if (match.endpoint === "token") return grant(tenant, request)
  return Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const client = tenant.tokens.verify(request.headers["authorization"], now)
    if (typeof client === "string") return Effect.succeed(json(401, { error: client }))
    const retryAfter = tenant.limiter.admit(`${client.clientId} ${match.version}`, now)
    if (retryAfter !== undefined) {
      return Effect.succeed(
        json(429, { message: " Rate Limit Exceeded " }, { "retry-after": String(retryAfter) })
      )
    }
    const scope = match.endpoint === "upload" ? Client.WRITE_SCOPE : Client.READ_SCOPE
    if (!client.scopes.includes(scope)) {
      return Effect.succeed(json(403, errorBody(403, "403 Forbidden", `The token lacks the scope ${scope}.`)))
    }
    if (match.endpoint === "sources") return Effect.succeed(list(tenant.sources, request))
    const form = idForm(match.id)
    if (!form) return Effect.succeed(badRequest("The id is neither 32 hexadecimal digits nor a UUID."))
    const source = tenant.find(match.id)
    if (source === undefined) return Effect.succeed(notFound("There is no non-employee source with this id."))
    return match.endpoint === "upload"
      ? upload(tenant, source, request)
      : status(tenant, source, request, now)
  })
}

const idForm = (id: string): boolean =>
  /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/iu.test(id)

const status = (
  tenant: Answer,
  source: Source,
  request: HttpServerRequest.HttpServerRequest,
  now: number
): Response => {
  const job = tenant.jobs.get(source.sourceId)
  const state = job === undefined ? source.status : Job.stateAt(job, now)
  const proceed = Effect.succeed(json(200, state === undefined ? {} : { status: state }))
  const fault = tenant.ownFault(source)
  return fault === undefined ? proceed : Fault.run(fault, request, proceed)
}

const list = (
  sources: ReadonlyArray<Source>,
  request: HttpServerRequest.HttpServerRequest
): HttpServerResponse.HttpServerResponse => {
  const query = new URL(request.url, "http://sandbox").searchParams
  const limit = wholeNumber(query.get("limit") ?? "250")
  const offset = wholeNumber(query.get("offset") ?? "0")
  if (limit === undefined || limit > 250) return badRequest("limit is not between 0 and 250.")
  if (offset === undefined) return badRequest("offset is not 0 or more.")
  const page = sources
    .slice(offset, offset + limit)
    .map(({ description, id, name, sourceId }) => ({ id, sourceId, name, description }))
  return json(200, page, query.get("count") === "true" ? { "x-total-count": String(sources.length) } : {})
}

const wholeNumber = (text: string): number | undefined => (/^\d+$/u.test(text) ? Number(text) : undefined)

const upload = (tenant: Answer, source: Source, request: HttpServerRequest.HttpServerRequest): Response =>
  readFile(request).pipe(
    Effect.flatMap((csv) =>
      csv === undefined
        ? Effect.succeed(badRequest("The request has no file in the multipart field data."))
        : Effect.as(tenant.upload(source, csv), json(202, { sourceId: source.sourceId, status: "PENDING" }))
    )
  )

const readFile = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<string | undefined> =>
  Effect.gen(function* () {
    const web = yield* HttpServerRequest.toWeb(request)
    // A body that is no multipart form rejects: that is the client's mistake, not a defect of the sandbox.
    const data = (yield* Effect.tryPromise(() => web.formData())).get("data")
    return data instanceof File ? yield* Effect.promise(() => data.text()) : undefined
  }).pipe(Effect.orElseSucceed(() => undefined))

/** RFC 6749, sections 4.4 and 5. */
const grant = (tenant: Answer, request: HttpServerRequest.HttpServerRequest): Response =>
  Effect.gen(function* () {
    const form = yield* readForm(request)
    const field = (name: string) =>
      Option.getOrUndefined(Option.flatMap(form, (params) => UrlParams.getFirst(params, name)))
    if (Option.isNone(form) || field("grant_type") === undefined) {
      return refusal(400, "invalid_request", "The form has no grant_type.")
    }
    if (field("grant_type") !== "client_credentials") {
      return refusal(400, "unsupported_grant_type", "Only client_credentials is offered here.")
    }
    const client = tenant.clients.find(
      ({ clientId, clientSecret }) =>
        clientId === field("client_id") && clientSecret === field("client_secret")
    )
    if (client === undefined) return refusal(401, "invalid_client", "The client id or the secret is wrong.")
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

const refusal = (status: number, error: string, description: string) =>
  json(status, { error, error_description: description })

const readForm = (request: HttpServerRequest.HttpServerRequest) =>
  request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true
    ? Effect.option(request.urlParamsBody)
    : Effect.succeed(Option.none<UrlParams.UrlParams>())
