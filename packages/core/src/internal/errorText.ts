/** Fields and sentences that errors share. */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"

/** A wait in an error. Its milliseconds, which JSON contains, are finite and not negative. */
export const Wait = Schema.DurationFromMillis.check(
  Schema.makeFilter((wait) => !Duration.isNegative(wait) && Duration.toMillis(wait) < Infinity, {
    expected: "a finite time of 0 or more"
  })
)

/**
 * Like `Schema.TaggedError`; the message has the summary, the next step and the tracking ID. Its getter is put on the prototype,
 * because TypeScript cannot extend a class whose type is a parameter.
 */
export const ExplainedError =
  <Self>() =>
  <Tag extends string, const Fields extends Schema.Struct.Fields>(tag: Tag, fields: Fields) => {
    const errors = Schema.TaggedError<Self>()(tag, fields)
    Object.defineProperty(Object(errors).prototype, "message", { get: toMessage })
    return errors
  }

function toMessage(this: {
  readonly summary: string
  readonly nextStep: string
  readonly trackingId?: string
}): string {
  const tracking = this.trackingId === undefined ? "" : ` SailPoint's tracking ID: ${this.trackingId}.`
  return `${this.summary} ${this.nextStep}${tracking}`
}

const REQUESTS = {
  token: "the request for an access token",
  sources: "the request for the list of sources",
  status: "the status request",
  source: "the request for IDs and name",
  columns: "the column request",
  records: "the record request",
  events: "the search for audit events"
}

/** The request that an error is about. */
export type Operation = keyof typeof REQUESTS

export const Operation = Schema.Literals(Struct.keys(REQUESTS))

/** The request, and the source if it is about one. */
export interface Subject {
  readonly operation: Operation
  readonly sourceId?: string
}

export const theRequest = ({ operation, sourceId }: Subject): string =>
  `${REQUESTS[operation]}${sourceId === undefined ? "" : ` for source ${sourceId}`}`

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
