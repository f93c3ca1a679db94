/**
 * The server that replaces SailPoint, the same for all clients, in a separate process.
 */
import * as Child from "./Child.ts"

export interface Upstream extends AsyncDisposable {
  readonly url: string
  /** The number of status requests since the previous call or the last DELETE request. */
  readonly asked: () => Promise<number>
}

/** All sources have the first status. A DELETE request advances to the next status and resets the count of requests. */
export const start = async (statuses: ReadonlyArray<string> = ["COMPLETED"]): Promise<Upstream> => {
  const child = await Child.start<"url" | "asked", string | number>("upstream", { args: statuses })
  return {
    url: String(await child.ask("url")),
    asked: async () => Number(await child.ask("asked")),
    [Symbol.asyncDispose]: child[Symbol.asyncDispose]
  }
}
