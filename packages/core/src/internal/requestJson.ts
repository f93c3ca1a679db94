/** Requests with retries to one endpoint whose answer is JSON of a schema. */
import * as Headers from "effect/http/Headers"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type { Call, Service } from "./apiClient.ts"
import type { Undecodable } from "./classify.ts"
import { decodeJson } from "./json.ts"
import { plainText } from "./plainText.ts"
import type { Show } from "./reply.ts"
import { route } from "./tenant.ts"

interface Options<Body, A> extends Pick<Call<A>, "subject" | "maxBodyBytes"> {
  /** The path below the resource, with `{id}` in place of the subject's source ID. */
  readonly path?: string
  readonly resource?: string
  /** The request without its URL; a GET by default. */
  readonly request?: HttpClientRequest.HttpClientRequest
  readonly schema: Schema.ConstraintDecoder<Body>
  /** Names a body that fits the schema. */
  readonly expected: string
  readonly read: (body: Body, show: Show, headers: Headers.Headers) => Result.Result<A, Undecodable>
}

export const requestJson = <Body, A>(api: Service, options: Options<Body, A>) => {
  const {
    expected,
    path = "",
    read,
    request = HttpClientRequest.get(""),
    resource,
    schema,
    ...call
  } = options
  const template = route(api.tenant, path, resource)
  const url = `${api.tenant.origin}${template.replace("{id}", call.subject.sourceId ?? "")}`
  return api.retry(
    api.attempt<A>({
      ...call,
      route: template,
      request: request.pipe(HttpClientRequest.setUrl(url), HttpClientRequest.acceptJson),
      decode: (text, show = plainText, headers = Headers.empty) =>
        Option.match(decodeJson(schema)(text), {
          onNone: () => Result.fail({ reason: `the body is not ${expected}.` }),
          onSome: (body) => read(body, show, headers)
        })
    })
  )
}
