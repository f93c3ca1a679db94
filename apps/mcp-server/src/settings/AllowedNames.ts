/**
 * The values of `--allowed-host` and `--allowed-origin`, normalized for comparison with requests. A value that no request can
 * match is reported at the start.
 */
import { inUrl } from "./Loopback.ts"

/** Returns a host name without its port, or undefined if it is not valid. */
export const host = (given: string): string | undefined => {
  const url = URL.parse(`http://${inUrl(given)}`)
  return url !== null && url.href === `http://${url.hostname}/` && !/[@/?#*]/u.test(given)
    ? url.hostname
    : undefined
}

const ANY_OF_SCHEME = /^[a-z][a-z0-9+.-]*:\/\/\*$/u

/** Returns an origin's host name, an origin with scheme and port, or a pattern for every origin of a custom scheme. */
export const origin = (given: string): string | undefined => {
  if (!given.includes("://")) return given === "null" ? undefined : host(given)
  if (ANY_OF_SCHEME.test(given)) return /^https?:/u.test(given) ? undefined : given
  const url = URL.parse(given)
  return url !== null && /^https?:$/u.test(url.protocol) && url.href === `${url.origin}/`
    ? url.origin
    : undefined
}
