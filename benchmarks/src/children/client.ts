/** One client; answers with the microseconds that a call takes. */
import { answer } from "../Child.ts"
import type { Client, MakeClient } from "../Client.ts"
import { sourceIds } from "../Client.ts"

export interface Calls {
  readonly baseUrl: string
  readonly count: number
  readonly concurrency: number
}

const [module = ""] = process.argv.slice(2)
const { make }: { readonly make: MakeClient } = await import(module)

let client: Client | undefined

answer(async ({ baseUrl, concurrency, count }: Calls): Promise<number> => {
  client ??= await make(baseUrl)
  const ids = sourceIds(count)
  const start = performance.now()
  await client.statuses(ids, concurrency)
  return ((performance.now() - start) * 1000) / count
})
