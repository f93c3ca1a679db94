/**
 * Turns an answer, or the lack of one, into a `BulkUploadError`. Effect's `HttpClientError` lacks what these errors need:
 * the fields of SailPoint's error bodies, `Retry-After`, a proxy's refusal, and texts without secrets.
 */
import type * as Duration from "effect/Duration"
import type { Headers } from "effect/http/Headers"
import * as Result from "effect/Result"
import * as BulkUploadError from "../BulkUploadError.ts"
import { type ErrorBody, readErrorBody } from "./errorBody.ts"
import type { Operation, Subject } from "./errorText.ts"
import { readRetryAfter } from "./retryAfter.ts"
import type { NoReply, Reply, Show } from "./reply.ts"

interface Where {
  readonly host: string
  /** The number of attempts, including this one. */
  readonly attempts: number
  /** The time from which a date in `Retry-After` is measured, in milliseconds since the epoch. */
  readonly now: number
}

/** Returns the value in an answer, or its error. */
export const fromReply = <A>(
  call: {
    readonly subject: Subject
    readonly decode: (text: string, show: Show, headers: Headers) => Result.Result<A, Undecodable>
  },
  reply: Reply,
  where: Where
): Result.Result<A, BulkUploadError.BulkUploadError> =>
  reply.status === 200
    ? Result.flatMap(textOf(call.subject, reply, where.host), (text) =>
        Result.mapError(call.decode(text, reply.show, reply.headers), (undecodable) =>
          unexpected(call.subject, reply, undecodable)
        )
      )
    : Result.fail(errorOf(call.subject, reply, where))

const errorOf = (subject: Subject, reply: Reply, { attempts, host, now }: Where) => {
  const about = { ...subject, ...errorBodyOf(subject, reply) }
  const httpStatus = reply.status
  if (subject.operation === "token" && [400, 401, 403].includes(httpStatus)) {
    return new BulkUploadError.AuthenticationFailed({ ...about, httpStatus })
  }
  switch (httpStatus) {
    case 400:
      return new BulkUploadError.BadRequest(about)
    case 401:
      return new BulkUploadError.Unauthorized(about)
    case 403:
      return new BulkUploadError.Forbidden(about)
    case 404:
      return new BulkUploadError.NotFound(about)
    case 407:
      return new BulkUploadError.ConnectionFailed({ ...subject, host, proxyStatus: httpStatus })
    case 429:
      return new BulkUploadError.RateLimited({ ...about, ...retryAfter(reply, now), attempts })
    default:
      return httpStatus >= 500 && httpStatus <= 599
        ? new BulkUploadError.ServerError({ ...about, ...retryAfter(reply, now), httpStatus })
        : unexpected(subject, reply, { reason: undocumented(subject, reply) })
  }
}

export const fromNoReply = (
  subject: Subject,
  noReply: NoReply,
  where: { readonly host: string; readonly deadline: Duration.Duration }
): BulkUploadError.BulkUploadError =>
  noReply._tag === "TimedOut"
    ? new BulkUploadError.RequestTimeout({ ...subject, after: where.deadline })
    : new BulkUploadError.ConnectionFailed({ ...subject, host: where.host, ...noReply.by })

const textOf = (
  subject: Subject,
  reply: Reply,
  host: string
): Result.Result<string, BulkUploadError.BulkUploadError> => {
  switch (reply.body._tag) {
    case "Text":
      return Result.succeed(reply.body.text)
    case "TooLarge":
      return Result.fail(
        unexpected(subject, reply, { reason: `the body is larger than ${reply.body.maxBytes / 1024} KiB.` })
      )
    case "Broken":
      return Result.fail(new BulkUploadError.ConnectionFailed({ ...subject, host, ...reply.body.by }))
  }
}

/** Why a body cannot be decoded, and its status value if that is unknown. */
export interface Undecodable {
  readonly reason: string
  readonly unknownStatus?: string
}

/** The answers to these can contain personal data anywhere, so only their tracking ID is shown. */
const PERSONAL: ReadonlySet<Operation> = new Set(["source", "records", "events"])

const TRACKING_ID = /^[0-9a-f-]{32,36}$/iu

const errorBodyOf = ({ operation }: Subject, reply: Reply): ErrorBody => {
  const body = readErrorBody(reply)
  if (!PERSONAL.has(operation)) return body
  const { trackingId = "" } = body
  return { messages: [], ...(TRACKING_ID.test(trackingId) ? { trackingId } : {}) }
}

/** Returns the error for an undocumented answer. The body of a token answer can contain a token, so it is not shown. */
const unexpected = (subject: Subject, reply: Reply, undecodable: Undecodable) => {
  const about = { ...subject, httpStatus: reply.status }
  const contentEncoding = encodingOf(reply)
  if (contentEncoding !== undefined) {
    const reason = `its body is compressed (${contentEncoding}), and the HTTP client did not decode it.`
    return new BulkUploadError.UnexpectedResponse({ ...about, reason, contentEncoding })
  }
  return new BulkUploadError.UnexpectedResponse({
    ...about,
    ...errorBodyOf(subject, reply),
    ...undecodable,
    ...(reply.body._tag === "Text" && subject.operation !== "token" && !PERSONAL.has(subject.operation)
      ? { body: reply.show(reply.body.text, 200, unescaped) }
      : {})
  })
}

/** Returns the encoding of a body that the HTTP client did not decode, which has bytes that no text has. */
const encodingOf = ({ body, headers, show }: Reply): string | undefined =>
  body._tag === "Text" && /[^\P{Cc}\s]|\uFFFD/u.test(body.text)
    ? headers["content-encoding"] && show(headers["content-encoding"], 40)
    : undefined

/** Reads the escapes in JSON that may be incomplete: `\u0041` can be a letter of a secret. */
const unescaped = (json: string): string =>
  json.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(["\\/]))/gu, (_, code: string | undefined, character: string) =>
    code === undefined ? character : String.fromCharCode(Number.parseInt(code, 16))
  )

const undocumented = ({ operation }: Subject, reply: Reply): string => {
  const location = reply.headers["location"]
  return location === undefined || PERSONAL.has(operation)
    ? "this status is not documented."
    : `it redirects to ${reply.show(location, 100)}, which is not followed because it would carry the credentials.`
}

const retryAfter = (reply: Reply, now: number): { readonly retryAfter?: Duration.Duration } => {
  const retryAfter = readRetryAfter(reply.headers["retry-after"] ?? "", now)
  return retryAfter === undefined ? {} : { retryAfter }
}
