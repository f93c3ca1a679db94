/**
 * Addresses of this machine (RFC 1122, section 3.2.1.3, RFC 4291, section 2.5.3).
 */
import { BlockList, isIP } from "node:net"

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4")
LOOPBACK.addAddress("::1", "ipv6")

/** Returns whether only this machine can reach a server on that address. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || (isIP(host) !== 0 && LOOPBACK.check(host, isIP(host) === 6 ? "ipv6" : "ipv4"))

/** Returns a host as in a URL: IPv6 addresses are in brackets. */
export const inUrl = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

/** Returns whether requests to the URL are encrypted or stay on this machine. */
export const isEncryptedOrLocal = (url: URL): boolean =>
  url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname.replace(/^\[|\]$/gu, "")))
