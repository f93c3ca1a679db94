/**
 * Asks a tenant in a separate process: `node askOnce.ts CLIENT BASE_URL...`, and prints the outcome of each and the most
 * memory the process had after the first of them and after the last, in MB.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { getBulkUploadStatus } from "../../../src/BulkUploads.ts"
import * as RawTenant from "./rawTenant.ts"
import { service } from "./service.ts"

const transports = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layerNodeHttp
}

const [client = "", ...urls] = process.argv.slice(2)
const transport = transports[client as keyof typeof transports]

/** The most that there ever was: nothing that garbage collection can hide. */
const peak = () => process.resourceUsage().maxRSS / 1024

const outcomes: Array<string> = []
const peaks: Array<number> = []
for (const url of urls) {
  // Nothing but the size is to end it.
  const live = service(url, transport, { attemptTimeout: "1 minute" })
  const exit = await Effect.runPromise(
    Effect.match(Effect.provide(getBulkUploadStatus(RawTenant.idOf(1)), live), {
      onSuccess: ({ status }) => String(status),
      onFailure: ({ message }) => message
    })
  )
  outcomes.push(exit)
  peaks.push(peak())
}
process.stdout.write(JSON.stringify({ outcomes, first: peaks[0], last: peaks.at(-1) }))
