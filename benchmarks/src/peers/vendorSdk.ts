/**
 * SailPoint's own SDK. At every call it adds interceptors to its axios instance, so it slows down with every call:
 * each sample gets a fresh instance, as if the program had just been started, with connections kept alive.
 */
import { Agent } from "node:http"
import { type Client, type MakeClient, ofCall, TOKEN } from "../Client.ts"
import * as VendorSdk from "../VendorSdk.ts"

export const make: MakeClient = async (baseUrl) => {
  const { axios, sdk } = VendorSdk.load()
  const httpAgent = new Agent({ keepAlive: true })
  const configuration = new sdk.Configuration({ baseurl: baseUrl, accessToken: TOKEN })
  const fresh = (): Client => {
    const api = new sdk.NonEmployeeLifecycleManagementV2024Api(
      configuration,
      undefined,
      axios.create({ httpAgent })
    )
    return ofCall(async (id) => (await api.getNonEmployeeBulkUploadStatus({ id })).data)
  }
  return { statuses: (sourceIds, concurrency) => fresh().statuses(sourceIds, concurrency) }
}
