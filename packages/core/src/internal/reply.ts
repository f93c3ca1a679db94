/**
 * One HTTP exchange, bounded in time and size: from a request to the whole answer, or to the reason why it is missing.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { constTrue, identity } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { plainText } from "./plainText.ts"

/** The body of an answer: its text, or why it is missing. */
export type Body =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "TooLarge"; readonly maxBytes: number }
  | { readonly _tag: "Broken"; readonly by: Disconnection }

/**
 * Returns a text without secrets, harmless and cut to a length (default: 500 characters). `read` is applied to the text
 * first; secrets are removed before and after it.
 */
export type Show = (text: string, maxLength?: number, read?: (text: string) => string) => string

export interface Reply {
  readonly status: number
  readonly headers: Headers.Headers
  readonly body: Body
  /** The only way to show a part of the answer. */
  readonly show: Show
}

/** A connection that failed: the system's code, or the status of a proxy that refused it, if known. */
export interface Disconnection {
  readonly code?: string
  readonly proxyStatus?: number
}

export type NoReply =
  | { readonly _tag: "TimedOut" }
  | { readonly _tag: "Disconnected"; readonly by: Disconnection }

/** Returns redirects as answers, because following one would send the credentials along. */
const withoutRedirects = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transformResponse(client, (response) =>
    Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (given) =>
      Effect.provideService(response, FetchHttpClient.RequestInit, {
        ...Option.getOrUndefined(given),
        redirect: "manual"
      })
    )
  )

/**
 * The context of every request. `fetch` has the client's settings, and not those of the first caller; no trace headers go
 * to a third party; and the spans are the library's, because those of the HTTP client end before the body is read.
 */
const pinned = Context.make(FetchHttpClient.RequestInit, {}).pipe(
  Context.add(HttpClient.TracerDisabledWhen, constTrue)
)

interface Exchange {
  readonly request: HttpClientRequest
  readonly secrets: ReadonlyArray<Redacted.Redacted>
  readonly maxBodyBytes: number
  /** From sending to the end of the body. */
  readonly deadline: Duration.Duration
}

/**
 * Sends a request and reads the answer, both within the deadline. If the body of an error does not arrive in time, the
 * status is the answer.
 */
export const makeExchange = Effect.fnUntraced(function* (
  transformClient: (client: HttpClient.HttpClient) => HttpClient.HttpClient = identity
) {
  // Applied first, so that no wrapper can follow redirects.
  const client = transformClient(withoutRedirects(yield* HttpClient.HttpClient))
  return ({ deadline, maxBodyBytes, request, secrets }: Exchange): Effect.Effect<Reply, NoReply> => {
    // Most answers show nothing, so the forms of the secrets are computed on demand.
    const show: Show = (...text) => withoutSecrets(secrets)(...text)
    return Effect.suspend(() => {
      let begun: Pick<Reply, "status" | "headers"> | undefined
      return client.execute(request).pipe(
        Effect.matchEffect({
          onFailure: (error) => Effect.fail<NoReply>({ _tag: "Disconnected", by: disconnection(error) }),
          onSuccess: (response) => {
            // Some clients compute both on every read.
            const head = { status: response.status, headers: response.headers }
            begun = head
            const body = readBody(response, head.headers, maxBodyBytes)
            return Effect.map(body, (body): Reply => ({ ...head, body, show }))
          }
        }),
        Effect.provideContext(pinned),
        Effect.timeoutOrElse({
          duration: deadline,
          orElse: (): Effect.Effect<Reply, NoReply> =>
            begun === undefined || begun.status === 200
              ? Effect.fail<NoReply>({ _tag: "TimedOut" })
              : Effect.succeed({ ...begun, body: { _tag: "Broken", by: {} }, show })
        })
      )
    })
  }
})

/**
 * Removes secrets from texts, because a gateway or a proxy can echo a request, and answers end up in errors, logs and
 * spans. Secrets are removed twice: from the original text, and again without the invisible characters between letters.
 */
export const withoutSecrets = (secrets: ReadonlyArray<Redacted.Redacted>): Show => {
  const forms = [...new Set(secrets.flatMap((secret) => written(Redacted.value(secret))))]
    .filter((form) => form !== "")
    .toSorted((a, b) => b.length - a.length)
  const redact = (text: string) => forms.reduce((clean, form) => clean.replaceAll(form, "[secret]"), text)
  // No secret may be cut in two before the second removal.
  const room = (forms[0]?.length ?? 0) + 1
  return (text, maxLength = 500, read) => {
    const redacted = read === undefined ? redact(text) : redact(read(redact(text)))
    return plainText(redact(plainText(redacted, maxLength + room)), maxLength)
  }
}

/** The forms of a text in an answer: plain, in JSON, in a page, in a form, in a URL. */
const written = (text: string): ReadonlyArray<string> => [
  text,
  JSON.stringify(text).slice(1, -1),
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  new URLSearchParams([["", text]]).toString().slice(1),
  encodeURIComponent(text.toWellFormed()),
  encodeURI(text.toWellFormed())
]

const readBody = (response: HttpClientResponse, headers: Headers.Headers, maxBytes: number) =>
  isKnownToFit(headers, maxBytes)
    ? Effect.match(response.text, { onFailure: unreadable, onSuccess: textBody })
    : Effect.match(readUpTo(response, maxBytes), { onFailure: unreadable, onSuccess: identity })

const textBody = (text: string): Body => ({ _tag: "Text", text })

const unreadable = (error: HttpClientError): Body =>
  error.reason._tag === "EmptyBodyError" ? textBody("") : { _tag: "Broken", by: disconnection(error) }

/**
 * HTTP clients read no more than the announced length, so a short body needs no counting, which costs as much as the rest
 * of a call. For a compressed body, only the compressed length is announced.
 */
const isKnownToFit = (headers: Headers.Headers, maxBytes: number): boolean =>
  Number(headers["content-length"] ?? Infinity) <= maxBytes && headers["content-encoding"] === undefined

/**
 * Reads a body chunk by chunk and stops at the bound. Effect's `HttpIncomingMessage.MaxBodySize` bounds only the
 * client on `node:http`; the clients on `fetch` and undici read any body to its end.
 */
const readUpTo = (response: HttpClientResponse, maxBytes: number): Effect.Effect<Body, HttpClientError> =>
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
        bytes > maxBytes ? { _tag: "TooLarge", maxBytes } : textBody(text + decoder.decode())
      )
    )
  })

/** The message of undici, and so of Node's `fetch`, if a proxy refuses to connect. */
const PROXY_REFUSAL = /^Proxy response \((\d{3})\) !== 200/u

/** Searches the chain of causes for the system's code (`ECONNREFUSED`) or a proxy's status. */
const disconnection = (error: HttpClientError): Disconnection => {
  let cause: unknown = error.reason.cause
  for (let depth = 0; depth < 8 && cause instanceof Error; depth++) {
    const [, proxyStatus] = PROXY_REFUSAL.exec(cause.message) ?? []
    if (proxyStatus !== undefined) return { proxyStatus: Number(proxyStatus) }
    if ("code" in cause && typeof cause.code === "string") return { code: cause.code }
    cause = cause instanceof AggregateError ? (cause.errors[0] ?? cause.cause) : cause.cause
  }
  return {}
}
