/**
 * The caller of a request in the log. Over stdio, and before authentication, fewer fields are known.
 */
import * as Context from "effect/Context"
import { printable } from "../text/printable.ts"

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
