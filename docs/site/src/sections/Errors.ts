/** The catalog of errors, from their docstrings and from their texts in each case. */
import * as BulkUploadError from "@sailpoint-bulk-upload/core/BulkUploadError"
import * as Watch from "@sailpoint-bulk-upload/core/Watch"
import * as Duration from "effect/Duration"
import { readFile } from "node:fs/promises"

type CatalogError = BulkUploadError.BulkUploadError | Watch.NotSettled

interface Case<E> {
  /** The case in which the error has this text; absent if it has only one text. */
  readonly when?: string
  readonly error: E
}

const sourceId = "e136567de87e4d029e60b3c3c55db56d"
const trackingId = "e7eab60924f64aa284175b9fa3309599"
const host = "acme.api.identitynow.com"

const connection = (code: string) => new BulkUploadError.ConnectionFailed({ sourceId, host, code })
const refusedByProxy = (proxyStatus: number) =>
  new BulkUploadError.ConnectionFailed({ sourceId, host, proxyStatus })

/** A new error does not compile until it has its cases here. */
const cases: { readonly [E in CatalogError as E["_tag"]]: ReadonlyArray<Case<E>> } = {
  InvalidSourceId: [
    {
      error: new BulkUploadError.InvalidSourceId({
        sourceId: "Contractors",
        reason: 'its character 2 is "o", U+006F'
      })
    }
  ],
  BadRequest: [
    {
      when: "Status request",
      error: new BulkUploadError.BadRequest({
        sourceId,
        detailCode: "400.1 Bad Request Content",
        messages: ["The source is of another kind"],
        trackingId
      })
    },
    {
      when: "List of sources",
      error: new BulkUploadError.BadRequest({ operation: "sources" })
    }
  ],
  Unauthorized: [
    {
      error: new BulkUploadError.Unauthorized({
        sourceId,
        messages: ["JWT validation failed: JWT is expired"]
      })
    }
  ],
  Forbidden: [
    {
      when: "Status request",
      error: new BulkUploadError.Forbidden({ sourceId, detailCode: "403 Forbidden" })
    },
    {
      when: "List of sources",
      error: new BulkUploadError.Forbidden({ operation: "sources" })
    },
    {
      when: "Search for audit events",
      error: new BulkUploadError.Forbidden({ operation: "events" })
    }
  ],
  NotFound: [
    {
      when: "Status request",
      error: new BulkUploadError.NotFound({ sourceId, detailCode: "404 Not found" })
    },
    {
      when: "List of sources",
      error: new BulkUploadError.NotFound({ operation: "sources" })
    },
    {
      when: "Access token request",
      error: new BulkUploadError.NotFound({ operation: "token" })
    }
  ],
  RateLimited: [
    {
      when: "With Retry-After",
      error: new BulkUploadError.RateLimited({ sourceId, retryAfter: Duration.seconds(90) })
    },
    { when: "Without Retry-After", error: new BulkUploadError.RateLimited({ sourceId, attempts: 6 }) }
  ],
  ServerError: [
    {
      when: "With a tracking ID",
      error: new BulkUploadError.ServerError({
        sourceId,
        httpStatus: 500,
        detailCode: "500.0 Internal Fault",
        trackingId
      })
    },
    { when: "Without a tracking ID", error: new BulkUploadError.ServerError({ sourceId, httpStatus: 502 }) }
  ],
  UnexpectedResponse: [
    {
      when: "Not an answer of SailPoint's API",
      error: new BulkUploadError.UnexpectedResponse({
        sourceId,
        httpStatus: 200,
        reason:
          "the body is not a JSON object whose status is PENDING, IN_PROGRESS, COMPLETED, ERROR or null.",
        body: "<!doctype html> <title>Sign in</title>"
      })
    },
    {
      when: "New status value",
      error: new BulkUploadError.UnexpectedResponse({
        sourceId,
        httpStatus: 200,
        reason: "the status is CANCELLED, a value that this version does not know.",
        unknownStatus: "CANCELLED"
      })
    },
    {
      when: "Compressed body that the HTTP client does not decode",
      error: new BulkUploadError.UnexpectedResponse({
        sourceId,
        httpStatus: 200,
        reason: "its body is compressed (gzip), and the HTTP client did not decode it.",
        contentEncoding: "gzip"
      })
    }
  ],
  RequestTimeout: [{ error: new BulkUploadError.RequestTimeout({ sourceId, after: Duration.seconds(10) }) }],
  ConnectionFailed: [
    { when: "Connection refused, reset or cut off", error: connection("ECONNREFUSED") },
    { when: "Unknown host name", error: connection("ENOTFOUND") },
    { when: "Untrusted certificate", error: connection("SELF_SIGNED_CERT_IN_CHAIN") },
    { when: "Expired or future certificate", error: connection("CERT_HAS_EXPIRED") },
    { when: "Proxy authentication", error: refusedByProxy(407) },
    { when: "Host blocked by a proxy", error: refusedByProxy(403) }
  ],
  AuthenticationFailed: [
    {
      when: "Refused client ID or secret",
      error: new BulkUploadError.AuthenticationFailed({
        operation: "token",
        httpStatus: 401,
        detailCode: "invalid_client"
      })
    },
    {
      when: "Malformed access token",
      error: new BulkUploadError.AuthenticationFailed({ messages: ["The token has a line break"] })
    }
  ],
  NotSettled: [
    {
      when: "Running job",
      error: new Watch.NotSettled({ sourceId, after: Duration.minutes(30), status: "IN_PROGRESS" })
    },
    {
      when: "Ended job that can be the previous one",
      error: new Watch.NotSettled({ sourceId, after: Duration.seconds(30), status: "COMPLETED" })
    },
    { when: "Null", error: new Watch.NotSettled({ sourceId, after: Duration.seconds(30), status: null }) },
    { when: "No status", error: new Watch.NotSettled({ sourceId, after: Duration.seconds(1) }) },
    {
      when: "Failed check",
      error: new Watch.NotSettled({
        sourceId,
        after: Duration.seconds(30),
        lastFailure: new BulkUploadError.ServerError({ sourceId, httpStatus: 502 })
      })
    }
  ]
}

/** The errors by name, in the order of the union. */
const classes = [...BulkUploadError.BulkUploadError.members, Watch.NotSettled]

export const content = async (): Promise<string> => {
  const sources = await Promise.all(
    ["BulkUploadError", "Watch"].map((module) =>
      readFile(new URL(`../../../../packages/core/src/${module}.ts`, import.meta.url), "utf8")
    )
  )
  return classes.map((error) => entry(error, sources.join("\n"))).join("\n\n")
}

const entry = ({ fields }: (typeof classes)[number], source: string): string => {
  const tag = fields._tag.schema.literal
  const all: ReadonlyArray<Case<CatalogError>> = cases[tag]
  const carried = Object.keys(fields).filter((field) => field !== "_tag")
  return [
    `### ${tag}`,
    docstring(source, tag),
    `> ${asMarkdown(all[0]?.error.summary ?? "")}`,
    ...advice(all),
    `Fields: ${carried.map((field) => `\`${field}\``).join(", ")}.`
  ].join("\n\n")
}

const advice = (all: ReadonlyArray<Case<CatalogError>>): ReadonlyArray<string> => {
  const [first] = all
  if (first?.when === undefined) return [asMarkdown(first?.error.nextStep ?? ""), retryability(first?.error)]
  const same = all.every(({ error }) => error.retryable === first.error.retryable)
  return [
    all
      .map(({ error, when }) => {
        const step = `- _${when}:_ ${asMarkdown(error.nextStep)}`
        return same ? step : `${step} ${retryability(error)}`
      })
      .join("\n"),
    ...(same ? [retryability(first.error)] : [])
  ]
}

const retryability = (error: CatalogError | undefined): string =>
  `Retryable: ${error?.retryable === true ? "yes" : "no"}.`

/** Escapes a text for Markdown, and marks options, variables, scopes, user levels and audit events as code. */
export const asMarkdown = (text: string): string => text.replaceAll("<", "&lt;").replaceAll(CODE, "`$&`")

const CODE =
  /\b(?:(?:SAIL|NODE|NON|ORG|CERT|REPORT|SOURCE|ROLE|HTTPS|NO)_[A-Z_]+|(?:idn|sp)(?::\w+)+|ownedByMe|baseUrl|apiVersion|accessToken|clientId|clientSecret)\b/gu

/** Returns the docstring of a class, without asterisks and tags. */
const docstring = (source: string, name: string): string => {
  const [, block] =
    new RegExp(String.raw`/\*\*((?:(?!\*/).)*)\*/\nexport class ${name} `, "su").exec(source) ?? []
  if (block === undefined) throw new Error(`The class ${name} has no docstring.`)
  const [text = ""] = block.replaceAll(/^ *\* ?/gmu, "").split(/^@/mu)
  return text.trim()
}
