/**
 * Who asks for statuses: this library and its peers, under one interface.
 */
import { inLanes } from "./Lanes.ts"

export interface Client {
  /** Asks for the status of each source, so many at a time. */
  readonly statuses: (sourceIds: ReadonlyArray<string>, concurrency: number) => Promise<void>
}

/** Asks a tenant with client credentials or, where a client has none, with the token that they would give. */
export type MakeClient = (baseUrl: string) => Promise<Client>

export const TOKEN = "token"

export const statusUrl = (baseUrl: string, sourceId: string): string =>
  `${baseUrl}/v2024/non-employee-sources/${sourceId}/non-employee-bulk-upload/status`

/** A client out of one call. */
export const ofCall = (call: (sourceId: string) => Promise<unknown>): Client => ({ statuses: inLanes(call) })
