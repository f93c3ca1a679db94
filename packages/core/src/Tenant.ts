/**
 * Where requests go: the tenant's API host, the API version, and the URL of each call.
 *
 * The client secret is sent to this host, so a base URL is checked before use: `https` only (`http` to this
 * machine alone), a host of SailPoint's or one that was named explicitly, and nothing but the host in it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { format } from "effect/Formatter"
import * as Schema from "effect/Schema"
import { plainText } from "./PlainText.ts"
import type { SourceId } from "./SourceId.ts"
import { route } from "./internal/route.ts"

/**
 * The API versions that offer the call. Their contract is the same; the path differs for `v1`, SailPoint's
 * successor to the yearly versions.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ApiVersion = Schema.Literals(["v2024", "v2025", "v2026", "v3", "beta", "v1"])

/**
 * An API version that offers the call.
 *
 * @category models
 * @since 0.1.0
 */
export type ApiVersion = typeof ApiVersion.Type

/**
 * The version that is asked where none is set.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultApiVersion: ApiVersion = "v2024"

/**
 * A checked tenant.
 *
 * @category models
 * @since 0.1.0
 */
export interface Tenant {
  /** Scheme and host, and the port where it is not the scheme's own: `https://acme.api.identitynow.com`. */
  readonly origin: string
  /** The host alone, as it is told to people. */
  readonly host: string
  readonly apiVersion: ApiVersion
}

/**
 * What a tenant is made of.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** The API host: `https://{tenant}.api.identitynow.com`. */
  readonly baseUrl: string | URL
  /** @default "v2024" */
  readonly apiVersion?: ApiVersion | undefined
  /**
   * Hosts outside SailPoint's domains that may receive the client secret, such as a vanity host. A leading `https://`
   * is ignored.
   *
   * @default []
   */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
}

/**
 * The base URL cannot be used.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidBaseUrl extends Schema.TaggedError<InvalidBaseUrl>()("InvalidBaseUrl", {
  /** Why the base URL cannot be used. */
  reason: Schema.String,
  /** What to give instead. */
  nextStep: Schema.String,
  /** The host, if naming it in `allowedHosts` is all that is missing. */
  refusedHost: Schema.optionalKey(Schema.String)
}) {
  get retryable(): boolean {
    return false
  }
  get summary(): string {
    return `The base URL cannot be used: ${this.reason}`
  }
  override get message(): string {
    return `${this.summary} ${this.nextStep}`
  }
}

/**
 * SailPoint's API domains: production and demonstration tenants, and the domain that its SDK documentation shows.
 * Government domains are not in its documentation, so they have to be allowed by name.
 */
const API_DOMAIN = /^[a-z0-9-]+\.api\.(?:identitynow\.com|identitynow-demo\.com|cloud\.sailpoint\.com)$/u
/** The host of a tenant's user interface, often pasted instead of its API host. */
const UI_HOST = /^([a-z0-9-]+)\.((?:identitynow|identitynow-demo)\.com)$/u
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u

const EXAMPLE = "https://{tenant}.api.identitynow.com"

/**
 * Checks a base URL and fixes where requests go.
 *
 * @example
 * ```ts
 * import * as Tenant from "@sailpoint-bulk-upload/core/Tenant"
 *
 * const acme = Tenant.make({ baseUrl: "https://acme.api.identitynow.com", apiVersion: "v2025" })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<Tenant, InvalidBaseUrl> =>
  Effect.suspend(() => {
    const url = parse(options.baseUrl)
    if (url === undefined) {
      return new InvalidBaseUrl({
        reason: `${shown(options.baseUrl)} is not a URL.`,
        nextStep: `Give the tenant's API host with its scheme, such as ${EXAMPLE}.`
      })
    }
    const refusal = credentials(url) ?? extras(url) ?? scheme(url) ?? host(url, options.allowedHosts ?? [])
    return refusal === undefined
      ? Effect.succeed({
          origin: url.origin,
          host: url.host,
          apiVersion: options.apiVersion ?? defaultApiVersion
        })
      : new InvalidBaseUrl(refusal)
  })

type Refusal = ConstructorParameters<typeof InvalidBaseUrl>[0]

/** Of a name in DNS (RFC 1035, section 2.3.4). */
const LONGEST_NAME = 253

/** What stands before an @ can be a password, also in what is no URL. */
const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : format(value)
  return `"${short(text.replace(/^.*@/su, "...@"))}"`
}

const short = (text: string): string => plainText(text, 80)

const parse = (value: string | URL): URL | undefined => {
  const url =
    value instanceof URL
      ? value
      : typeof value === "string" && URL.canParse(value)
        ? new URL(value)
        : undefined
  // "acme.api.identitynow.com:443" parses, with the host as its scheme.
  return url === undefined || url.host === "" || url.hostname.length > LONGEST_NAME ? undefined : url
}

/** Checked first: a message about such a URL must not show it. */
const credentials = (url: URL): Refusal | undefined =>
  url.username === "" && url.password === ""
    ? undefined
    : {
        reason: "it contains a user name or a password.",
        nextStep: "Give the host alone; credentials are given separately."
      }

const extras = (url: URL): Refusal | undefined =>
  (url.pathname === "/" || url.pathname === "") && url.search === "" && url.hash === ""
    ? undefined
    : {
        reason: "it has more than a host after the scheme.",
        nextStep: `Give ${short(url.origin)} alone; the API version is given separately.`
      }

const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname)

const scheme = (url: URL): Refusal | undefined => {
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) return undefined
  return url.protocol === "http:"
    ? {
        reason: `http would send the client secret unencrypted to ${short(url.host)}.`,
        nextStep: "Use https."
      }
    : { reason: `"${short(url.protocol)}" is not a supported scheme.`, nextStep: `Give ${EXAMPLE}.` }
}

const host = (url: URL, allowed: ReadonlyArray<string>): Refusal | undefined => {
  if (API_DOMAIN.test(url.hostname) || isLoopback(url)) return undefined
  if (allowed.some((name) => [url.host, url.hostname].includes(hostIn(name)))) return undefined
  const ui = UI_HOST.exec(url.hostname)
  return ui === null
    ? {
        reason: `${short(url.host)} is not one of SailPoint's API hosts (${EXAMPLE}), and the client secret would be sent there.`,
        nextStep: `If this host is correct, allow it: allowedHosts: ["${url.host}"].`,
        refusedHost: url.host
      }
    : {
        reason: `${short(url.host)} is the tenant's user interface.`,
        nextStep: `Give its API host: https://${short(ui[1] ?? "")}.api.${ui[2]}.`
      }
}

const hostIn = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^https:\/\/|\/+$/gu, "")

/**
 * The route template of the status call, with `{id}` in place of the id.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Tenant } from "@sailpoint-bulk-upload/core"
 *
 * const route = Effect.gen(function* () {
 *   const tenant = yield* Tenant.make({ baseUrl: "https://acme.api.identitynow.com" })
 *   return Tenant.statusRoute(tenant) // /v2024/non-employee-sources/{id}/non-employee-bulk-upload/status
 * })
 * ```
 *
 * @category urls
 * @since 0.1.0
 */
export const statusRoute = (tenant: Tenant): string => route(tenant, "/{id}/non-employee-bulk-upload/status")

/**
 * The URL of the status call for a source. The id goes in exactly as it was given.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { SourceId, Tenant } from "@sailpoint-bulk-upload/core"
 *
 * const url = Effect.gen(function* () {
 *   const tenant = yield* Tenant.make({ baseUrl: "https://acme.api.identitynow.com" })
 *   const id = yield* SourceId.fromString("e136567de87e4d029e60b3c3c55db56d")
 *   return Tenant.statusUrl(tenant, id)
 * })
 * ```
 *
 * @category urls
 * @since 0.1.0
 */
export const statusUrl = (tenant: Tenant, sourceId: SourceId): string =>
  `${tenant.origin}${statusRoute(tenant).replace("{id}", sourceId)}`

/**
 * The route template of the list of non-employee sources.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Tenant } from "@sailpoint-bulk-upload/core"
 *
 * const route = Effect.gen(function* () {
 *   const tenant = yield* Tenant.make({ baseUrl: "https://acme.api.identitynow.com" })
 *   return Tenant.sourcesRoute(tenant) // /v2024/non-employee-sources
 * })
 * ```
 *
 * @category urls
 * @since 0.1.0
 */
export const sourcesRoute = (tenant: Tenant): string => route(tenant, "")

/**
 * The URL of the list of non-employee sources: one page of 250, which is more than an org can have (50).
 * `ownedByMe` asks for those that the token's owner manages, the only list that an account manager may see.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Tenant } from "@sailpoint-bulk-upload/core"
 *
 * const url = Effect.gen(function* () {
 *   const tenant = yield* Tenant.make({ baseUrl: "https://acme.api.identitynow.com" })
 *   return Tenant.sourcesUrl(tenant, { ownedByMe: true })
 * })
 * ```
 *
 * @category urls
 * @since 0.1.0
 */
export const sourcesUrl = (tenant: Tenant, options: { readonly ownedByMe: boolean }): string =>
  `${tenant.origin}${sourcesRoute(tenant)}?limit=250${options.ownedByMe ? "&requested-for=me" : ""}`

/**
 * The path of the token endpoint.
 *
 * @category urls
 * @since 0.1.0
 */
export const tokenRoute = "/oauth/token"

/**
 * The URL of the token endpoint.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { Tenant } from "@sailpoint-bulk-upload/core"
 *
 * const url = Effect.gen(function* () {
 *   const tenant = yield* Tenant.make({ baseUrl: "https://acme.api.identitynow.com" })
 *   return Tenant.tokenUrl(tenant) // https://acme.api.identitynow.com/oauth/token
 * })
 * ```
 *
 * @category urls
 * @since 0.1.0
 */
export const tokenUrl = (tenant: Tenant): string => `${tenant.origin}${tokenRoute}`
