/**
 * Everything that can go wrong when SailPoint is asked for the status of a bulk upload, as one flat tagged
 * union for `Effect.catchTags`.
 *
 * Every error tells a person what happened (`summary`) and what to do about it (`nextStep`); `message` is
 * both, with SailPoint's tracking id where it gave one. `retryable` says whether the same call can succeed
 * later without anybody changing anything. No error carries a secret, a request or a raw cause.
 *
 * A `nextStep` names the options of a client, such as `baseUrl`; `Settings.nameVariables` puts the variables in their
 * place, for programs that are configured by the environment.
 *
 * **Gotchas**
 *
 * Five tags are those of Effect's `HttpApiError` too: `BadRequest`, `Unauthorized`, `Forbidden`, `NotFound` and
 * `RequestTimeout`. A union of both cannot tell them apart; put these errors under a tag of your own there.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { getBulkUploadStatus } from "@sailpoint-bulk-upload/core"
 *
 * const status = getBulkUploadStatus("e136567de87e4d029e60b3c3c55db56d").pipe(
 *   Effect.catchTags({
 *     Forbidden: (error) => Effect.as(Effect.logError(error.message), undefined),
 *     RateLimited: (error) => Effect.as(Effect.logWarning(`Refused ${error.attempts} times`), undefined)
 *   })
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  isCertificateCode,
  isDateCode,
  isNameCode,
  isRefusal,
  quoted,
  seconds,
  sentence,
  theRequest,
  toMessage
} from "./internal/errorText.ts"
import { Wait } from "./internal/wait.ts"

/**
 * The request that an error is about: fetching a token, asking for a status, listing the sources, or one of those that
 * explain an upload.
 *
 * @category models
 * @since 0.1.0
 */
export const Operation = Schema.Literals([
  "token",
  "status",
  "sources",
  "source",
  "columns",
  "records",
  "events"
])

/**
 * The request that an error is about.
 *
 * @category models
 * @since 0.1.0
 */
export type Operation = typeof Operation.Type

const subject = {
  operation: Operation.pipe(Schema.withConstructorDefault(Effect.succeed("status" as const))),
  sourceId: Schema.optionalKey(Schema.String)
}

/** What SailPoint's error bodies give, read leniently: everything in them is optional. */
const said = {
  detailCode: Schema.optionalKey(Schema.String),
  trackingId: Schema.optionalKey(Schema.String),
  messages: Schema.Array(Schema.String).pipe(Schema.withConstructorDefault(Effect.succeed([])))
}

/**
 * The id is neither 32 hexadecimal digits nor a dashed UUID. Nothing was sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidSourceId extends Schema.TaggedError<InvalidSourceId>()("InvalidSourceId", {
  /** What was given, cut short. */
  sourceId: Schema.String,
  /** The first thing that makes it invalid: a character with its position and code point, the length, or the dashes. */
  reason: Schema.optionalKey(Schema.String)
}) {
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    const reason = this.reason === undefined ? "" : `: ${this.reason}`
    return `"${this.sourceId}" is not a source ID${reason}. Nothing was sent to SailPoint.`
  }
  get nextStep(): string {
    return "Take the ID from the list of non-employee sources, where it is called sourceId: 32 hexadecimal digits, or a UUID with dashes."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * 400: SailPoint did not accept the request.
 *
 * @category errors
 * @since 0.1.0
 */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", { ...subject, ...said }) {
  get httpStatus(): number {
    return 400
  }
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    return sentence(`SailPoint answered 400 to ${theRequest(this)}${quoted(this)}`)
  }
  get nextStep(): string {
    return this.operation !== "token" && this.operation !== "sources"
      ? "Check that the id is that of a non-employee source of this tenant (its sourceId, or its id)."
      : "Check baseUrl and apiVersion. If they are right, give the tracking ID to SailPoint's support."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * 401: SailPoint refused the access token, and a fresh one too where one could be fetched.
 *
 * @category errors
 * @since 0.1.0
 */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", {
  ...subject,
  ...said
}) {
  get httpStatus(): number {
    return 401
  }
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    return sentence(`SailPoint answered 401 to ${theRequest(this)}${quoted(this)}`)
  }
  get nextStep(): string {
    return "Replace accessToken, or check that clientId and clientSecret belong to this tenant and API."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * 403: the token is valid but may not do this.
 *
 * @category errors
 * @since 0.1.0
 */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", { ...subject, ...said }) {
  get httpStatus(): number {
    return 403
  }
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    return sentence(`SailPoint answered 403 to ${theRequest(this)}${quoted(this)}`)
  }
  get nextStep(): string {
    if (this.operation === "events") {
      return "Searching for audit events needs the scope sp:search:read and one of the user levels ORG_ADMIN, CERT_ADMIN, REPORT_ADMIN, SOURCE_ADMIN, SOURCE_SUBADMIN, ROLE_ADMIN and ROLE_SUBADMIN."
    }
    if (this.operation === "sources") {
      return "Listing sources needs the scope idn:nelm:read, and listing all of them the user level ORG_ADMIN; an account manager can list their own (ownedByMe)."
    }
    return "Give the API client the scope idn:nelm:read and make sure that the token's owner is a user whose level may read non-employee sources. Whether an API client without a user may read a status is not documented."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * 404: no such source, or no such API version, at this base URL.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", { ...subject, ...said }) {
  get httpStatus(): number {
    return 404
  }
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    return sentence(`SailPoint answered 404 to ${theRequest(this)}${quoted(this)}`)
  }
  get nextStep(): string {
    if (this.operation === "token") {
      return "Check baseUrl: the token endpoint is at /oauth/token of the tenant's API host."
    }
    return this.operation === "sources" || this.operation === "events"
      ? "Check the tenant in baseUrl, and apiVersion."
      : "Check the ID (a non-employee source has both a sourceId and an id; try the other one), the tenant in baseUrl, and apiVersion."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * 429: the limit is used up, and the retry policy does not wait any longer.
 *
 * @category errors
 * @since 0.1.0
 */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  ...subject,
  ...said,
  /** How long SailPoint asked to wait; absent when its `Retry-After` was missing or unreadable. */
  retryAfter: Schema.optionalKey(Wait),
  /** How often it was sent. */
  attempts: Schema.Int.pipe(Schema.withConstructorDefault(Effect.succeed(1))),
  /** True when it was not sent (again), because SailPoint had asked this client to wait. */
  heldBack: Schema.Boolean.pipe(Schema.withConstructorDefault(Effect.succeed(false)))
}) {
  get httpStatus(): number {
    return 429
  }
  get retryable(): boolean {
    return true
  }
  get summary(): string {
    if (this.heldBack) {
      return `SailPoint has asked this client to wait, so ${theRequest(this)} was not sent${this.attempts === 0 ? "" : " again"}.`
    }
    const tries = this.attempts === 1 ? "1 try" : `${this.attempts} tries`
    return sentence(`SailPoint answered 429 to ${theRequest(this)} (${tries})${quoted(this)}`)
  }
  get nextStep(): string {
    return this.retryAfter === undefined
      ? "Wait a minute before asking again, and ask less often: every integration of this client id shares one limit."
      : `SailPoint asks to wait ${seconds(this.retryAfter)} before the next request; every integration of this client id shares one limit.`
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * Any 5xx, of SailPoint or of a gateway before it, after the retries.
 *
 * @category errors
 * @since 0.1.0
 */
export class ServerError extends Schema.TaggedError<ServerError>()("ServerError", {
  ...subject,
  ...said,
  /** The HTTP status, 500 to 599. */
  httpStatus: Schema.Int,
  /** How long the answer asked to wait, when it did. */
  retryAfter: Schema.optionalKey(Wait)
}) {
  get retryable(): boolean {
    return true
  }
  get summary(): string {
    return sentence(`SailPoint answered ${this.httpStatus} to ${theRequest(this)}${quoted(this)}`)
  }
  get nextStep(): string {
    return this.trackingId === undefined
      ? "Try again in a few minutes; if it stays, look at SailPoint's status page."
      : "Try again in a few minutes; if it stays, give the tracking id to SailPoint's support."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * An answer that the API does not document: another HTTP status, a body that is no such JSON, or a status
 * value that nobody knows yet (SailPoint counts a new value as a compatible change).
 *
 * @category errors
 * @since 0.1.0
 */
export class UnexpectedResponse extends Schema.TaggedError<UnexpectedResponse>()("UnexpectedResponse", {
  ...subject,
  ...said,
  httpStatus: Schema.Int,
  /** What is unexpected about it. */
  reason: Schema.String,
  /** The status value, if that is all that is unexpected. */
  unknownStatus: Schema.optionalKey(Schema.String),
  /** The encoding of the body, such as `gzip`, if the HTTP client did not decode it. */
  contentEncoding: Schema.optionalKey(Schema.String),
  /** The body that came, cut short; never that of an answer with a token, a person or an audit event in it. */
  body: Schema.optionalKey(Schema.String)
}) {
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    const body = this.body === undefined || this.body === "" ? "" : ` The body begins: ${this.body}`
    return `SailPoint answered ${this.httpStatus} to ${theRequest(this)}, but ${sentence(this.reason)}${body}`
  }
  get nextStep(): string {
    if (this.unknownStatus !== undefined) {
      return "Look at the upload in SailPoint, and update this software: a newer version may know this value."
    }
    if (this.contentEncoding !== undefined) {
      return "Use an HTTP client that decodes compressed answers, such as one on fetch, or have the gateway in between send answers as they are."
    }
    return "Check that baseUrl is the tenant's API host, without a proxy or login page in between. If it is, the API has changed and this software needs an update."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * No complete answer within the deadline of one attempt.
 *
 * @category errors
 * @since 0.1.0
 */
export class RequestTimeout extends Schema.TaggedError<RequestTimeout>()("RequestTimeout", {
  ...subject,
  /** The deadline that passed. */
  after: Wait
}) {
  get retryable(): boolean {
    return true
  }
  get summary(): string {
    return `SailPoint did not answer ${theRequest(this)} within ${seconds(this.after)}.`
  }
  get nextStep(): string {
    return "Try again. If the problem persists, check the network between this machine and the host in baseUrl."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * The connection could not be made, or broke before the answer was complete.
 *
 * @category errors
 * @since 0.1.0
 */
export class ConnectionFailed extends Schema.TaggedError<ConnectionFailed>()("ConnectionFailed", {
  ...subject,
  /** The host that was asked. */
  host: Schema.String,
  /** The system's code, such as `ECONNREFUSED`, where it is known. */
  code: Schema.optionalKey(Schema.String),
  /** The HTTP status with which a proxy refused to connect, such as 407. */
  proxyStatus: Schema.optionalKey(Schema.Int)
}) {
  get retryable(): boolean {
    return !isCertificateCode(this.code) && !isRefusal(this.proxyStatus)
  }
  get summary(): string {
    if (this.proxyStatus !== undefined) {
      return `The proxy answered ${this.proxyStatus} and did not connect to ${this.host} during ${theRequest(this)}.`
    }
    const code = this.code === undefined ? "" : ` (${this.code})`
    return `The connection to ${this.host} failed during ${theRequest(this)}${code}.`
  }
  get nextStep(): string {
    if (this.proxyStatus === 407) {
      return "The proxy demands a user name and a password: put them into the proxy's URL (HTTPS_PROXY), percent-encoded."
    }
    if (isRefusal(this.proxyStatus)) {
      return `Have the proxy's administrators allow connections to ${this.host}, or name that host in NO_PROXY if this machine can reach it directly.`
    }
    if (isDateCode(this.code)) {
      return "By this machine's clock its TLS certificate is not valid yet, or not any more: check the clock first, then the certificate."
    }
    if (isCertificateCode(this.code)) {
      return "Its TLS certificate does not verify: if a company proxy re-signs traffic, point NODE_EXTRA_CA_CERTS at its certificate."
    }
    return isNameCode(this.code)
      ? "The name does not resolve: check baseUrl for a typing mistake, and this machine's DNS."
      : "Check baseUrl and that this machine may reach that host (firewall, proxy, VPN)."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * The token endpoint refused the client credentials, or gave no usable token.
 *
 * @category errors
 * @since 0.1.0
 */
export class AuthenticationFailed extends Schema.TaggedError<AuthenticationFailed>()("AuthenticationFailed", {
  ...subject,
  ...said,
  /** The status of the token answer; absent when the token was given and never fetched. */
  httpStatus: Schema.optionalKey(Schema.Int)
}) {
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    const status = this.httpStatus === undefined ? "" : ` (${this.httpStatus})`
    return sentence(`There is no usable access token${status}${quoted(this)}`)
  }
  get nextStep(): string {
    if (this.httpStatus === undefined) {
      return "Set accessToken to the token alone, without quotes, spaces or line breaks."
    }
    return "Check clientId and clientSecret, that they belong to the tenant in baseUrl, and that the personal access token behind them still exists and has not expired."
  }
  override get message(): string {
    return toMessage(this)
  }
}

/**
 * The union as a schema, for sending an error across a wire and reading it back.
 *
 * @category schemas
 * @since 0.1.0
 */
export const BulkUploadError = Schema.Union([
  InvalidSourceId,
  BadRequest,
  Unauthorized,
  Forbidden,
  NotFound,
  RateLimited,
  ServerError,
  UnexpectedResponse,
  RequestTimeout,
  ConnectionFailed,
  AuthenticationFailed
])

/**
 * The union of everything that asking for a status can fail with. Its members are written out, so that editors
 * and the reference show this name and not eleven.
 *
 * @category errors
 * @since 0.1.0
 */
export type BulkUploadError =
  | InvalidSourceId
  | BadRequest
  | Unauthorized
  | Forbidden
  | NotFound
  | RateLimited
  | ServerError
  | UnexpectedResponse
  | RequestTimeout
  | ConnectionFailed
  | AuthenticationFailed
