/** One client, and how long it takes for calls. */
import { answer } from "../Child.ts"
import type { Client } from "../Client.ts"
import { sourceIds } from "../Upstream.ts"

export interface Calls {
  readonly baseUrl: string
  readonly count: number
  readonly concurrency: number
}

const makers = {
  withUndici: async () => (await import("../ours.ts")).withUndici,
  withFetch: async () => (await import("../ours.ts")).withFetch,
  bareFetch: async () => (await import("../peers/bareFetch.ts")).make,
  withoutNetwork: async () => (await import("../ours.ts")).withoutNetwork,
  tracedWithoutNetwork: async () => (await import("../ours.ts")).tracedWithoutNetwork,
  effectUndici: async () => (await import("../peers/effectClient.ts")).withUndici,
  effectWithoutNetwork: async () => (await import("../peers/effectClient.ts")).withoutNetwork,
  undiciRequest: async () => (await import("../peers/undiciRequest.ts")).make,
  axios: async () => (await import("../peers/axios.ts")).make,
  vendorSdk: async () => (await import("../peers/vendorSdk.ts")).make
}

const make = await makers[process.argv[2] as keyof typeof makers]()

let client: Client | undefined

/** Microseconds per call. */
answer(async ({ baseUrl, concurrency, count }: Calls): Promise<number> => {
  client ??= await make(baseUrl)
  const ids = sourceIds(count)
  const start = performance.now()
  await client.statuses(ids, concurrency)
  return ((performance.now() - start) * 1000) / count
})
