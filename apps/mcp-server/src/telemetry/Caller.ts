/**
 * The caller of a request, as the log names it. Over stdio, and before a request is authenticated, less is known.
 */
import * as Context from "effect/Context"
import { printable } from "../text/printable.ts"

export interface Caller {
  /** The user that an access token speaks for (`sub`). */
  readonly subject?: string | undefined
  /** The client that an access token was issued to (`client_id` or `azp`). */
  readonly clientId?: string | undefined
  /** The name of a bearer token. */
  readonly tokenName?: string | undefined
  /** The address that the connection came from, which can be a proxy's. */
  readonly address?: string | undefined
}

/** The caller of the running call. */
export const CurrentCaller = Context.Reference<Caller>("@sailpoint-bulk-upload/mcp-server/CurrentCaller", {
  defaultValue: () => ({})
})

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
