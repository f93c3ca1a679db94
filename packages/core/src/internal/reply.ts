/**
 * One HTTP exchange, bounded in time and size: from a request to the whole answer, or to the reason why
 * there is none.
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

/** The body of an answer: its text, or why there is none. */
export type Body =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "TooLarge"; readonly maxBytes: number }
  | ({ readonly _tag: "Broken" } & Disconnection)

/**
 * A text made harmless to show, cut to a length (500 characters unless said otherwise). With `read` it is that of the
 * text which is shown, and no secret of either.
 */
export type Show = (text: string, maxLength?: number, read?: (text: string) => string) => string

export interface Reply {
  readonly status: number
  readonly headers: Headers.Headers
  readonly body: Body
  /** What it says may be shown only through this. */
  readonly show: Show
}

/** What is known about a connection that failed: the system's code, or the status of a proxy that refused it. */
export interface Disconnection {
  readonly code?: string | undefined
  readonly proxyStatus?: number
}

/** Why no answer came. */
export type NoReply = { readonly _tag: "TimedOut" } | ({ readonly _tag: "Disconnected" } & Disconnection)

/** The documented bodies of statuses, errors and tokens are of a few KiB; what is larger is not read to its end. */
export const MAX_BODY_BYTES = 64 * 1024

/** Redirects come back as answers, because following one would carry the credentials along. */
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
 * The context of every request: the settings of `fetch` are the client's and not those of the caller that happens to
 * come first, no trace headers go to a third party, and the spans are our own, since the HTTP client's end before
 * the body is read.
 */
const pinned = Context.make(FetchHttpClient.RequestInit, {}).pipe(
  Context.add(HttpClient.TracerDisabledWhen, constTrue)
)

export interface Limits {
  readonly maxBodyBytes: number
  /** From sending to the end of the body. */
  readonly deadline: Duration.Duration
}

export type Exchange = (
  request: HttpClientRequest,
  limits: Limits,
  secrets: ReadonlyArray<Redacted.Redacted<string>>
) => Effect.Effect<Reply, NoReply>

/**
 * Sends a request and reads the answer, both within the deadline. When a failing status is already known and
 * its body does not come, the status is the answer.
 */
export const makeExchange = Effect.fnUntraced(function* (
  transformClient: (client: HttpClient.HttpClient) => HttpClient.HttpClient = identity
): Effect.fn.Return<Exchange, never, HttpClient.HttpClient> {
  // Innermost, so that no wrapper can undo it.
  const client = transformClient(withoutRedirects(yield* HttpClient.HttpClient))
  return (request, { deadline, maxBodyBytes }, secrets) => {
    // Most answers show nothing: what it takes is made when it is wanted.
    const show: Show = (...text) => withoutSecrets(secrets)(...text)
    return Effect.suspend(() => {
      let begun: Pick<Reply, "status" | "headers"> | undefined
      return client.execute(request).pipe(
        Effect.matchEffect({
          onFailure: (error) => Effect.fail<NoReply>({ _tag: "Disconnected", ...disconnection(error) }),
          onSuccess: (response) => {
            // Some clients make them anew whenever they are read.
            const { headers, status } = response
            begun = { status, headers }
            return Effect.map(readBody(response, headers, maxBodyBytes), (body): Reply => ({
              status,
              headers,
              body,
              show
            }))
          }
        }),
        Effect.provideContext(pinned),
        Effect.timeoutOrElse({
          duration: deadline,
          orElse: (): Effect.Effect<Reply, NoReply> =>
            begun === undefined || begun.status === 200
              ? Effect.fail<NoReply>({ _tag: "TimedOut" })
              : Effect.succeed({ ...begun, body: { _tag: "Broken" }, show })
        })
      )
    })
  }
})

/**
 * Shows texts with every secret in them blotted out: a gateway or a proxy can echo what it was sent, and what
 * an answer says ends up in errors, logs and spans. Blotted twice: as it came, and once more when what nobody
 * sees has been taken out from between its letters.
 */
export const withoutSecrets = (secrets: ReadonlyArray<Redacted.Redacted<string>>): Show => {
  const forms = [...new Set(secrets.flatMap((secret) => written(Redacted.value(secret))))]
    .filter((form) => form !== "")
    .toSorted((a, b) => b.length - a.length)
  const blot = (text: string) => forms.reduce((clean, form) => clean.replaceAll(form, "[secret]"), text)
  // None may be cut in two before it is looked for.
  const room = (forms[0]?.length ?? 0) + 1
  return (text, maxLength = 500, read) => {
    const blotted = read === undefined ? blot(text) : blot(read(blot(text)))
    return plainText(blot(plainText(blotted, maxLength + room)), maxLength)
  }
}

/** A text as it is written in an answer: as it is, in JSON, in a page, in a form, in a URL. */
const written = (text: string): ReadonlyArray<string> => [
  text,
  JSON.stringify(text).slice(1, -1),
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
  new URLSearchParams([["", text]]).toString().slice(1),
  encodeURIComponent(text.toWellFormed()),
  encodeURI(text.toWellFormed())
]

const readBody = (
  response: HttpClientResponse,
  headers: Headers.Headers,
  maxBytes: number
): Effect.Effect<Body> =>
  isKnownToFit(headers, maxBytes)
    ? Effect.match(response.text, { onFailure: unreadable, onSuccess: textBody })
    : Effect.match(readUpTo(response, maxBytes), { onFailure: unreadable, onSuccess: identity })

const textBody = (text: string): Body => ({ _tag: "Text", text })

const unreadable = (error: HttpClientError): Body =>
  error.reason._tag === "EmptyBodyError" ? textBody("") : { _tag: "Broken", ...disconnection(error) }

/**
 * HTTP clients read no more than the length that was announced, so a short one needs no counting, which costs as
 * much as the whole rest of a call. Of a compressed body it is the compressed length that is announced.
 */
const isKnownToFit = (headers: Headers.Headers, maxBytes: number): boolean =>
  Number(headers["content-length"] ?? Infinity) <= maxBytes && headers["content-encoding"] === undefined

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

/** What undici, and with it Node's `fetch`, says when a proxy refuses to connect. */
const PROXY_REFUSAL = /^Proxy response \((\d{3})\) !== 200/u

/** The system's code (`ECONNREFUSED`), or a proxy's status, wherever in the chain of causes a client puts it. */
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
