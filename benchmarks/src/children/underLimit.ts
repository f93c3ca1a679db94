/** Asks for the status of every source of a tenant with a limit, once; how long that takes, and how many failed. */
import * as BulkUploads from "@sailpoint-bulk-upload/core/BulkUploads"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { answer } from "../Child.ts"
import { inLanes } from "../Lanes.ts"
import { layer } from "../ours.ts"
import { sourceIds } from "../Upstream.ts"
import * as VendorSdk from "../VendorSdk.ts"

export interface Task {
  readonly baseUrl: string
  readonly sources: number
}

export interface Outcome {
  readonly seconds: number
  readonly failed: number
}

/** As many as the library asks at a time unless told otherwise. */
const CONCURRENCY = 10

type Ask = (baseUrl: string, ids: ReadonlyArray<string>) => Promise<number>

const ours: Ask = (baseUrl, ids) =>
  Effect.gen(function* () {
    const uploads = yield* BulkUploads.BulkUploads
    const results = yield* uploads.statuses(ids)
    return results.filter(Result.isFailure).length
  }).pipe(
    Effect.provide(layer(baseUrl, { requests: 100, per: "1 second" }, NodeHttpClient.layerUndici)),
    Effect.runPromise
  )

/** Its retries switched on for 429, with the delays that its documentation names, and as many as it takes. */
const vendor: Ask = async (baseUrl, ids) => {
  const { axios, axiosRetry, sdk } = VendorSdk.load()
  const configuration = new sdk.Configuration({ baseurl: baseUrl, accessToken: await token(baseUrl) })
  configuration.retriesConfig = {
    retries: 20,
    retryDelay: axiosRetry.exponentialDelay,
    retryCondition: ({ response }) => response?.status === 429
  }
  const api = new sdk.NonEmployeeLifecycleManagementV2024Api(configuration, undefined, axios.create({}))
  let failed = 0
  await inLanes((id) =>
    api.getNonEmployeeBulkUploadStatus({ id }).catch(() => {
      failed += 1
    })
  )(ids, CONCURRENCY)
  return failed
}

const token = async (baseUrl: string): Promise<string> => {
  const response = await fetch(`${baseUrl}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "sandbox",
      client_secret: "sandbox-secret"
    })
  })
  return ((await response.json()) as { readonly access_token: string }).access_token
}

const ask = process.argv[2] === "ours" ? ours : vendor

answer(async ({ baseUrl, sources }: Task): Promise<Outcome> => {
  const start = performance.now()
  const failed = await ask(baseUrl, sourceIds(sources))
  return { seconds: (performance.now() - start) / 1000, failed }
})
