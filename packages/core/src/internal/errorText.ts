/**
 * The words that errors are told with: whole sentences, from what an error carries.
 */
import * as Duration from "effect/Duration"

export interface Told {
  readonly summary: string
  readonly nextStep: string
  readonly trackingId?: string
}

export const toMessage = (error: Told): string =>
  [
    error.summary,
    error.nextStep,
    ...(error.trackingId === undefined ? [] : [`SailPoint's tracking id: ${error.trackingId}.`])
  ].join(" ")

const REQUESTS = {
  token: "the request for an access token",
  sources: "the request for the list of sources",
  status: "the status request",
  source: "the request for IDs and name",
  columns: "the column request",
  records: "the record request",
  events: "the search for audit events"
}

export const theRequest = ({
  operation,
  sourceId
}: {
  readonly operation: keyof typeof REQUESTS
  readonly sourceId?: string
}): string => `${REQUESTS[operation]}${sourceId === undefined ? "" : ` for source ${sourceId}`}`

export const quoted = (error: {
  readonly detailCode?: string
  readonly messages: ReadonlyArray<string>
}): string => {
  const words = [error.detailCode, ...error.messages].filter((text) => text !== undefined)
  return words.length === 0 ? "" : `: ${words.join(" - ")}`
}

export const sentence = (text: string): string => (/[.!?…]$/u.test(text) ? text : `${text}.`)

/** `BigInt` prints every digit; from 1e21 on, a number has an exponent. */
export const seconds = (duration: Duration.Duration): string =>
  `${BigInt(Math.ceil(Duration.toSeconds(duration)))} s`

/** Codes that say the certificate is not to be trusted (Node's and OpenSSL's names). */
const CERTIFICATE_CODE = /CERT|^ERR_TLS|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)/u

/** Codes that say the name has no address (getaddrinfo's names). */
const NAME_CODE = /^(?:ENOTFOUND|EAI_AGAIN|ENODATA)$/u

/** Codes that say the certificate is too young or too old, which is often the clock's fault. */
const DATE_CODE = /^CERT_(?:NOT_YET_VALID|HAS_EXPIRED)$/u

export const isDateCode = (code: string | undefined): boolean => DATE_CODE.test(code ?? "")

export const isCertificateCode = (code: string | undefined): boolean => CERTIFICATE_CODE.test(code ?? "")

export const isNameCode = (code: string | undefined): boolean => NAME_CODE.test(code ?? "")

/** Whether a proxy's status is final: a 5xx says that it could not reach the host just now. */
export const isRefusal = (proxyStatus = 0): boolean => proxyStatus >= 400 && proxyStatus <= 499
