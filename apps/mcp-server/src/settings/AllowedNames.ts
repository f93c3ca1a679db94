/**
 * The values of `--allowed-host` and `--allowed-origin`, as requests are compared with them. One that no request could
 * ever match is a mistake that is better found at the start than by the first client.
 */
import { inUrl } from "./Loopback.ts"

/** A host name without its port, which does not matter; nothing where it is none. */
export const host = (given: string): string | undefined => {
  const url = URL.parse(`http://${inUrl(given)}`)
  return url !== null && url.href === `http://${url.hostname}/` && !/[@/?#*]/u.test(given)
    ? url.hostname
    : undefined
}

const ANY_OF_SCHEME = /^[a-z][a-z0-9+.-]*:\/\/\*$/u

/** The host name of an origin, an origin with its scheme and port, or every origin of a custom scheme. */
export const origin = (given: string): string | undefined => {
  if (!given.includes("://")) return given === "null" ? undefined : host(given)
  if (ANY_OF_SCHEME.test(given)) return /^https?:/u.test(given) ? undefined : given
  const url = URL.parse(given)
  return url !== null && /^https?:$/u.test(url.protocol) && url.href === `${url.origin}/`
    ? url.origin
    : undefined
}
