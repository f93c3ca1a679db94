/**
 * One interface for clients that request statuses: this library and its peers.
 */
export interface Client {
  /** Requests the status of each source, with this number of concurrent calls. */
  readonly statuses: (sourceIds: ReadonlyArray<string>, concurrency: number) => Promise<void>
}

/** Makes a client with client credentials or, if the client cannot fetch tokens, with the token itself. */
export type MakeClient = (baseUrl: string) => Promise<Client>

export const TOKEN = "token"

export const statusUrl = (baseUrl: string, sourceId: string): string =>
  `${baseUrl}/v2024/non-employee-sources/${sourceId}/non-employee-bulk-upload/status`

export const ofCall = (call: (sourceId: string) => Promise<unknown>): Client => ({
  statuses: concurrently(call)
})

/** Makes the calls in order, with this number of concurrent calls. */
export const concurrently =
  (call: (sourceId: string) => Promise<unknown>): Client["statuses"] =>
  async (sourceIds, concurrency) => {
    const rest = sourceIds.values()
    const worker = async (): Promise<void> => {
      for (const sourceId of rest) await call(sourceId)
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
  }

/** Returns the source IDs of consecutive numbers. */
export const sourceIds = (count: number, from = 0): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, n) => (from + n).toString(16).padStart(32, "0"))
