/**
 * One HTTP exchange, bounded in time and size: from a request to the whole answer, or to the reason why
 * there is none.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { constTrue } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

/** The body of an answer: its text, or why there is none. */
export type Body =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "TooLarge"; readonly maxBytes: number }
  | { readonly _tag: "Broken"; readonly code: string | undefined }

export interface Reply {
  readonly status: number
  readonly headers: Headers.Headers
  readonly body: Body
}

/** Why no answer came. */
export type NoReply =
  | { readonly _tag: "TimedOut" }
  | { readonly _tag: "Disconnected"; readonly code: string | undefined }

/** The documented bodies of statuses, errors and tokens are of a few KiB; what is larger is not read to its end. */
export const MAX_BODY_BYTES = 64 * 1024

/**
 * The client as requests to SailPoint need it: redirects come back as answers, because following one would
 * carry the credentials along; no trace headers go to a third party; and the spans are our own, since the
 * client's own end before the body is read.
 */
export const hardened: Effect.Effect<HttpClient.HttpClient, never, HttpClient.HttpClient> = Effect.gen(
  function* () {
    const client = yield* HttpClient.HttpClient
    const requestInit = Option.getOrElse(yield* Effect.serviceOption(FetchHttpClient.RequestInit), () => ({}))
    const context = Context.empty().pipe(
      Context.add(FetchHttpClient.RequestInit, { ...requestInit, redirect: "manual" }),
      Context.add(HttpClient.TracerDisabledWhen, constTrue)
    )
    return HttpClient.transformResponse(client, Effect.provideContext(context))
  }
)

/**
 * Sends a request and reads the answer, both within the deadline. When a failing status is already known and
 * its body does not come, the status is the answer.
 */
export const exchange = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest,
  limits: { readonly deadline: Duration.Duration; readonly maxBodyBytes: number }
): Effect.Effect<Reply, NoReply> =>
  Effect.suspend(() => {
    let begun: HttpClientResponse | undefined
    return client.execute(request).pipe(
      Effect.mapError((error): NoReply => ({ _tag: "Disconnected", code: causeCode(error) })),
      Effect.flatMap((response) => {
        begun = response
        return Effect.map(readBody(response, limits.maxBodyBytes), (body) => toReply(response, body))
      }),
      Effect.timeoutOrElse({
        duration: limits.deadline,
        orElse: () =>
          begun === undefined || begun.status === 200
            ? Effect.fail<NoReply>({ _tag: "TimedOut" })
            : Effect.succeed(toReply(begun, { _tag: "Broken", code: undefined }))
      })
    )
  })

/**
 * The answer with every secret in it blotted out: a gateway or a proxy can echo what it was sent, and what an
 * answer says ends up in errors, logs and spans.
 */
export const withoutSecrets = (reply: Reply, secrets: ReadonlyArray<Redacted.Redacted<string>>): Reply => {
  const forms = secrets.flatMap((redacted) => {
    const secret = Redacted.value(redacted)
    return secret === "" ? [] : [secret, new URLSearchParams([["", secret]]).toString().slice(1)]
  })
  const blot = (text: string) => forms.reduce((clean, form) => clean.replaceAll(form, "[secret]"), text)
  const { location } = reply.headers
  return {
    status: reply.status,
    headers: location === undefined ? reply.headers : Headers.set(reply.headers, "location", blot(location)),
    body: reply.body._tag === "Text" ? { _tag: "Text", text: blot(reply.body.text) } : reply.body
  }
}

const toReply = (response: HttpClientResponse, body: Body): Reply => ({
  status: response.status,
  headers: response.headers,
  body
})

const readBody = (response: HttpClientResponse, maxBytes: number): Effect.Effect<Body> =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    let text = ""
    let bytes = 0
    return Stream.runForEachWhile(response.stream, (chunk) =>
      Effect.sync(() => {
        bytes += chunk.byteLength
        if (bytes > maxBytes) return false
        text += decoder.decode(chunk, { stream: true })
        return true
      })
    ).pipe(
      Effect.map((): Body =>
        bytes > maxBytes ? { _tag: "TooLarge", maxBytes } : { _tag: "Text", text: text + decoder.decode() }
      ),
      Effect.catch((error) =>
        Effect.succeed<Body>(
          error.reason._tag === "EmptyBodyError"
            ? { _tag: "Text", text: "" }
            : { _tag: "Broken", code: causeCode(error) }
        )
      )
    )
  })

/** The system's code (`ECONNREFUSED`), wherever in the chain of causes a client puts it. */
const causeCode = (error: HttpClientError): string | undefined => {
  let cause: unknown = error.reason.cause
  for (let depth = 0; depth < 8 && cause instanceof Error; depth++) {
    if ("code" in cause && typeof cause.code === "string") return cause.code
    cause = cause instanceof AggregateError ? (cause.errors[0] ?? cause.cause) : cause.cause
  }
  return undefined
}
