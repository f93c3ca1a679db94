/**
 * Requests a status from every tenant in a separate process: `node peakMemory.ts CLIENT BASE_URL...`. Prints the outcomes
 * and the process' peak memory after the first and after the last one, in MB.
 */
import * as Effect from "effect/Effect"
import { getBulkUploadStatus } from "../../../src/BulkUploads.ts"
import { transports } from "../../support/tenant.ts"
import * as RawTenant from "./rawTenant.ts"
import { service } from "./service.ts"

const [client = "", ...urls] = process.argv.slice(2)
const transport = new Map(transports).get(client)
if (transport === undefined) throw new Error(`There is no HTTP client ${client}.`)

const outcomes: Array<string> = []
const peaks: Array<number> = []
for (const url of urls) {
  // Only the size of a body ends its request.
  const live = service(url, transport, { attemptTimeout: "1 minute" })
  const outcome = Effect.match(Effect.provide(getBulkUploadStatus(RawTenant.idOf(1)), live), {
    onSuccess: ({ status }) => String(status),
    onFailure: ({ message }) => message
  })
  outcomes.push(await Effect.runPromise(outcome))
  // Garbage collection does not lower the peak.
  peaks.push(process.resourceUsage().maxRSS / 1024)
}
process.stdout.write(JSON.stringify({ outcomes, first: peaks[0], last: peaks.at(-1) }))
