/**
 * The failures of a request to SailPoint, as one flat tagged union for `Effect.catchTags`.
 *
 * Every error says what happened (`summary`) and how to fix it (`nextStep`); `message` has both, and SailPoint's tracking
 * ID if there is one. `retryable` says whether the same call can succeed later without a change. No error
 * carries a secret, a request or a raw cause.
 *
 * A `nextStep` names the options of a client, such as `baseUrl`; `Settings.nameVariables` replaces them with variables,
 * for programs that are configured by the environment.
 *
 * **Gotchas**
 *
 * Effect's `HttpApiError` has five of the tags, too: `BadRequest`, `Unauthorized`, `Forbidden`, `NotFound` and
 * `RequestTimeout`. A union of both cannot distinguish them; wrap these errors in a separate tag there.
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
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  ExplainedError,
  Operation,
  quoted,
  seconds,
  sentence,
  theRequest,
  Wait
} from "./internal/errorText.ts"

const subject = {
  operation: Operation.pipe(Schema.withConstructorDefault(Effect.succeed("status" as const))),
  sourceId: Schema.optionalKey(Schema.String)
}

/** The fields of SailPoint's error bodies, all optional. */
const answer = {
  ...subject,
  detailCode: Schema.optionalKey(Schema.String),
  trackingId: Schema.optionalKey(Schema.String),
  messages: Schema.Array(Schema.String).pipe(Schema.withConstructorDefault(Effect.succeed([])))
}

/** The ID is neither 32 hexadecimal digits nor a dashed UUID. Nothing was sent. */
export class InvalidSourceId extends ExplainedError<InvalidSourceId>()("InvalidSourceId", {
  /** The given text, cut to 64 characters. */
  sourceId: Schema.String,
  /** The first fault: a character with its position and code point, the length, or the dashes. */
  reason: Schema.optionalKey(Schema.String)
}) {
  readonly retryable = false
  get summary(): string {
    const reason = this.reason === undefined ? "" : `: ${this.reason}`
    return `"${this.sourceId}" is not a source ID${reason}. Nothing was sent to SailPoint.`
  }
  get nextStep(): string {
    return "Take the ID from the list of non-employee sources, where it is called sourceId: 32 hexadecimal digits, or a UUID with dashes."
  }
}

/** 400: SailPoint did not accept the request. */
export class BadRequest extends ExplainedError<BadRequest>()("BadRequest", answer) {
  readonly httpStatus = 400
  readonly retryable = false
  get summary(): string {
    return sentence(`SailPoint answered 400 to ${theRequest(this)}${quoted(this)}`)
  }
  get nextStep(): string {
    return this.sourceId !== undefined
      ? "Check that the ID is that of a non-employee source of this tenant (its sourceId, or its id)."
      : "Check baseUrl and apiVersion. If they are right, contact SailPoint's support."
  }
}

/** 401: SailPoint refused the access token and, with client credentials, a new one too. */
export class Unauthorized extends ExplainedError<Unauthorized>()("Unauthorized", answer) {
  readonly httpStatus = 401
  readonly retryable = false
  get summary(): string {
    return sentence(`SailPoint answered 401 to ${theRequest(this)}${quoted(this)}`)
  }
  get nextStep(): string {
    return "Replace accessToken, or check that clientId and clientSecret belong to this tenant and API."
  }
}

/** 403: the token is valid but may not do this. */
export class Forbidden extends ExplainedError<Forbidden>()("Forbidden", answer) {
  readonly httpStatus = 403
  readonly retryable = false
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
    return "Give the API client the scope idn:nelm:read and make sure that the user level of the token's owner allows reading non-employee sources. Whether an API client without a user can read a status is not documented."
  }
}

/** 404: the base URL has no source with this ID, or lacks the API version. */
export class NotFound extends ExplainedError<NotFound>()("NotFound", answer) {
  readonly httpStatus = 404
  readonly retryable = false
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
}

/** 429: the rate limit is exhausted, and the retry policy does not wait any longer. */
export class RateLimited extends ExplainedError<RateLimited>()("RateLimited", {
  ...answer,
  /** The rest of the back-off if `heldBack`, or else `Retry-After`; absent if that header was missing or unreadable. */
  retryAfter: Schema.optionalKey(Wait),
  /** The number of times that the request was sent. */
  attempts: Schema.Int.pipe(Schema.withConstructorDefault(Effect.succeed(1))),
  /** True if the request was not sent (again), because this client backs off after a 429. */
  heldBack: Schema.Boolean.pipe(Schema.withConstructorDefault(Effect.succeed(false)))
}) {
  readonly httpStatus = 429
  readonly retryable = true
  get summary(): string {
    if (this.heldBack) {
      return `This client backs off after a 429, so ${theRequest(this)} was not sent${this.attempts === 0 ? "" : " again"}.`
    }
    const tries = this.attempts === 1 ? "1 try" : `${this.attempts} tries`
    return sentence(`SailPoint answered 429 to ${theRequest(this)} (${tries})${quoted(this)}`)
  }
  get nextStep(): string {
    return this.retryAfter === undefined
      ? "Wait a minute before the next request, and send fewer requests: every integration of this client ID shares one limit."
      : `Wait ${seconds(this.retryAfter)} before the next request: every integration of this client ID shares one limit.`
  }
}

/** Any 5xx from SailPoint or from a gateway in front of it, after the retries. */
export class ServerError extends ExplainedError<ServerError>()("ServerError", {
  ...answer,
  /** The HTTP status, 500 to 599. */
  httpStatus: Schema.Int,
  /** The wait of `Retry-After`, if the answer had one. */
  retryAfter: Schema.optionalKey(Wait)
}) {
  readonly retryable = true
  get summary(): string {
    return sentence(`SailPoint answered ${this.httpStatus} to ${theRequest(this)}${quoted(this)}`)
  }
  get nextStep(): string {
    return this.trackingId === undefined
      ? "Try again in a few minutes. If the problem persists, check SailPoint's status page."
      : "Try again in a few minutes. If the problem persists, give the tracking ID to SailPoint's support."
  }
}

/**
 * An answer that the API does not document: another HTTP status, a body of another form, or an unknown status value
 * (SailPoint counts a new value as a compatible change).
 */
export class UnexpectedResponse extends ExplainedError<UnexpectedResponse>()("UnexpectedResponse", {
  ...answer,
  httpStatus: Schema.Int,
  reason: Schema.String,
  /** The status value, if only that is unexpected. */
  unknownStatus: Schema.optionalKey(Schema.String),
  /** The encoding of the body, such as `gzip`, if the HTTP client did not decode it. */
  contentEncoding: Schema.optionalKey(Schema.String),
  /** The beginning of the body; absent if the body can hold a token or personal data. */
  body: Schema.optionalKey(Schema.String)
}) {
  readonly retryable = false
  get summary(): string {
    const body = this.body === undefined || this.body === "" ? "" : ` The body begins: ${this.body}`
    return `SailPoint answered ${this.httpStatus} to ${theRequest(this)}, but ${sentence(this.reason)}${body}`
  }
  get nextStep(): string {
    if (this.unknownStatus !== undefined) {
      return "Look at the upload in SailPoint, and update this software: a newer version may know this value."
    }
    if (this.contentEncoding !== undefined) {
      return "Use an HTTP client that decodes compressed answers, for example one based on fetch, or configure the gateway to send uncompressed answers."
    }
    return "Check that baseUrl is the tenant's API host, without a proxy or login page in between. If it is, the API has changed and this software needs an update."
  }
}

/** No complete answer arrived within the deadline of an attempt, or of a call, which includes waits for the rate limit. */
export class RequestTimeout extends ExplainedError<RequestTimeout>()("RequestTimeout", {
  ...subject,
  after: Wait
}) {
  readonly retryable = true
  get summary(): string {
    return `No complete answer to ${theRequest(this)} arrived within ${seconds(this.after)}.`
  }
  get nextStep(): string {
    return "Try again. If the problem persists, check the network between this machine and the host in baseUrl, and how many requests share the rate limit."
  }
}

/** Codes that say the certificate is not to be trusted (Node's and OpenSSL's names). */
const CERTIFICATE_CODE = /CERT|^ERR_TLS|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)/u

/** Codes that say the name has no address (getaddrinfo's names). */
const NAME_CODES: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN", "ENODATA"])

/** Codes that say the certificate is too young or too old, often because the clock is wrong. */
const DATE_CODES: ReadonlySet<string> = new Set(["CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"])

/** Whether a proxy's status is final: a 5xx says that it could not reach the host just now. */
const isRefusal = (proxyStatus = 0): boolean => proxyStatus >= 400 && proxyStatus <= 499

/** The connection could not be made, or broke before the answer was complete. */
export class ConnectionFailed extends ExplainedError<ConnectionFailed>()("ConnectionFailed", {
  ...subject,
  host: Schema.String,
  /** The system's code, such as `ECONNREFUSED`. */
  code: Schema.optionalKey(Schema.String),
  /** The HTTP status with which a proxy refused to connect, such as 407. */
  proxyStatus: Schema.optionalKey(Schema.Int)
}) {
  get retryable(): boolean {
    return !CERTIFICATE_CODE.test(this.code ?? "") && !isRefusal(this.proxyStatus)
  }
  get summary(): string {
    if (this.proxyStatus !== undefined) {
      return `The proxy answered ${this.proxyStatus} and did not connect to ${this.host} during ${theRequest(this)}.`
    }
    const code = this.code === undefined ? "" : ` (${this.code})`
    return `The connection to ${this.host} failed during ${theRequest(this)}${code}.`
  }
  get nextStep(): string {
    const { code = "" } = this
    if (this.proxyStatus === 407) {
      return "The proxy demands a user name and a password: put them into the proxy's URL (HTTPS_PROXY), percent-encoded."
    }
    if (isRefusal(this.proxyStatus)) {
      return `Have the proxy's administrators allow connections to ${this.host}, or name that host in NO_PROXY if this machine can reach it directly.`
    }
    if (DATE_CODES.has(code)) {
      return "By this machine's clock, the host's TLS certificate is not valid yet or has expired: check the clock first, then the certificate."
    }
    if (CERTIFICATE_CODE.test(code)) {
      return "The host's TLS certificate does not verify: if a company proxy re-signs traffic, set NODE_EXTRA_CA_CERTS to its certificate file."
    }
    return NAME_CODES.has(code)
      ? "The host name does not resolve: check baseUrl for a typing mistake, and this machine's DNS."
      : "Check baseUrl and that this machine can reach that host (firewall, proxy, VPN)."
  }
}

/** The token endpoint refused the client credentials, or the given access token cannot be sent. */
export class AuthenticationFailed extends ExplainedError<AuthenticationFailed>()("AuthenticationFailed", {
  ...answer,
  /** The status of the token endpoint's answer; absent if an access token was given. */
  httpStatus: Schema.optionalKey(Schema.Int)
}) {
  readonly retryable = false
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
}

/** Encodes and decodes the union. */
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

/** The failures of a request. The members are written out, so that editors show this name and not eleven. */
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
