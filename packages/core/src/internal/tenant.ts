/**
 * The tenant that requests go to. It receives the client secret, so a base URL is checked before use: `https` only
 * (`http` to this machine alone), one of SailPoint's hosts or one that was named explicitly, and only a host.
 */
import * as Effect from "effect/Effect"
import { format } from "effect/Formatter"
import * as Schema from "effect/Schema"
import { ExplainedError } from "./errorText.ts"
import { plainText } from "./plainText.ts"

/**
 * The API versions that offer the call. Their contract is the same; the path differs for `v1`, SailPoint's successor to
 * the yearly versions.
 */
export const ApiVersion = Schema.Literals(["v2024", "v2025", "v2026", "v3", "beta", "v1"])

export type ApiVersion = typeof ApiVersion.Type

export const defaultApiVersion: ApiVersion = "v2024"

export interface Tenant {
  /** Scheme and host, and the port unless it is the scheme's own: `https://acme.api.identitynow.com`. */
  readonly origin: string
  readonly host: string
  readonly apiVersion: ApiVersion
}

export interface Options {
  /** The API host: `https://{tenant}.api.identitynow.com`. */
  readonly baseUrl: string | URL
  /** Default: `v2024`. */
  readonly apiVersion?: ApiVersion | undefined
  /**
   * Hosts outside SailPoint's domains that may receive the client secret, such as a vanity host. A leading `https://`
   * is ignored. Default: none.
   */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
}

/** Rejects a base URL that cannot be used. */
export class InvalidBaseUrl extends ExplainedError<InvalidBaseUrl>()("InvalidBaseUrl", {
  /** Why the base URL cannot be used. */
  reason: Schema.String,
  nextStep: Schema.String,
  /** The host, if only its name in `allowedHosts` is missing. */
  refusedHost: Schema.optionalKey(Schema.String)
}) {
  readonly retryable = false
  get summary(): string {
    return `The base URL cannot be used: ${this.reason}`
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
/** The length of a name in DNS (RFC 1035, section 2.3.4). */
const LONGEST_NAME = 253

const EXAMPLE = "https://{tenant}.api.identitynow.com"

export const make = ({
  allowedHosts = [],
  apiVersion = defaultApiVersion,
  baseUrl
}: Options): Effect.Effect<Tenant, InvalidBaseUrl> =>
  Effect.suspend(() => {
    const url = parse(baseUrl)
    if (url === undefined) {
      return new InvalidBaseUrl({
        reason: `${shown(baseUrl)} is not a URL.`,
        nextStep: `Give the tenant's API host with its scheme, such as ${EXAMPLE}.`
      })
    }
    const refusal = refusalOf(url, allowedHosts)
    return refusal === undefined
      ? Effect.succeed({ origin: url.origin, host: url.host, apiVersion })
      : new InvalidBaseUrl(refusal)
  })

/** Returns the path template of an endpoint. It names spans and metrics, so it never contains an ID. */
export const route = (
  { apiVersion }: { readonly apiVersion: string },
  rest: string,
  resource = "non-employee-sources"
): string => (apiVersion === "v1" ? `/${resource}/v1${rest}` : `/${apiVersion}/${resource}${rest}`)

const parse = (value: string | URL): URL | undefined => {
  const url = value instanceof URL ? value : (typeof value === "string" && URL.parse(value)) || undefined
  // "acme.api.identitynow.com:443" parses, with the host as its scheme.
  return url === undefined || url.host === "" || url.hostname.length > LONGEST_NAME ? undefined : url
}

const refusalOf = (url: URL, allowed: ReadonlyArray<string>) => {
  const { host, hash, hostname, password, pathname, protocol, search, username } = url
  // Checked first, because a message about such a URL must not show it.
  if (username !== "" || password !== "") {
    return {
      reason: "it contains a user name or a password.",
      nextStep: "Give the host alone; credentials are given separately."
    }
  }
  if (!["", "/"].includes(pathname) || search !== "" || hash !== "") {
    return {
      reason: "it has more than a host after the scheme.",
      nextStep: `Give ${short(url.origin)} alone; the API version is given separately.`
    }
  }
  const isLoopback = LOOPBACK.test(hostname)
  if (protocol === "http:" && !isLoopback) {
    return {
      reason: `http would send the client secret unencrypted to ${short(host)}.`,
      nextStep: "Use https."
    }
  }
  if (protocol !== "https:" && protocol !== "http:") {
    return { reason: `"${short(protocol)}" is not a supported scheme.`, nextStep: `Give ${EXAMPLE}.` }
  }
  if (isLoopback || API_DOMAIN.test(hostname)) return undefined
  if (allowed.some((name) => [host, hostname].includes(hostIn(name)))) return undefined
  const [isUi, tenant = "", domain] = UI_HOST.exec(hostname) ?? []
  return isUi === undefined
    ? {
        reason: `${short(host)} is not one of SailPoint's API hosts (${EXAMPLE}), and the client secret would be sent there.`,
        nextStep: `If this host is correct, allow it: allowedHosts: ["${host}"].`,
        refusedHost: host
      }
    : {
        reason: `${short(host)} is the tenant's user interface.`,
        nextStep: `Give its API host: https://${short(tenant)}.api.${domain}.`
      }
}

const hostIn = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^https:\/\/|\/+$/gu, "")

/** Hides all before an @, which can contain a password although the text is not a URL. */
const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : format(value)
  return `"${short(text.replace(/.*@/su, "...@"))}"`
}

const short = (text: string): string => plainText(text, 80)
