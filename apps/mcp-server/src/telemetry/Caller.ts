/**
 * The caller of a request in the log. Over stdio, and before authentication, fewer fields are known.
 */
import * as Context from "effect/Context"

export interface Caller {
  /** The user of an access token (`sub`). */
  readonly subject?: string | undefined
  /** The client of an access token (`client_id` or `azp`). */
  readonly clientId?: string | undefined
  /** The name of a bearer token. */
  readonly tokenName?: string | undefined
  /** The address of the connection, which can be a proxy's. */
  readonly address?: string | undefined
}

export const CurrentCaller = Context.Reference<Caller>("@sailpoint-bulk-upload/mcp-server/CurrentCaller", {
  defaultValue: () => ({})
})

const MAX_LENGTH = 64

/** Returns text that a client or an issuer chose, short and in plain ASCII, for a line of the log. */
export const printable = (text: string): string => text.slice(0, MAX_LENGTH).replace(/[^\x21-\x7E]/gu, "?")

/** Returns the known fields for a log line, short and in plain text. */
export const fieldsOf = ({ address, clientId, subject, tokenName }: Caller): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ subject, clientId, tokenName, address }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, printable(value)]]
    )
  )

/** Returns the key of the caller's limits. */
export const keyOf = ({ address, clientId, subject, tokenName }: Caller): string => {
  if (subject !== undefined || clientId !== undefined) return `client ${subject ?? clientId}`
  return tokenName === undefined ? `address ${address}` : `token ${tokenName}`
}
