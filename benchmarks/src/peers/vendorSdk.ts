/**
 * SailPoint's own SDK. It adds interceptors to its axios instance with every call, so it slows down with every call.
 * Each sample gets a fresh instance with connections kept alive, as if the program had just been started.
 */
import { Agent } from "node:http"
import { type MakeClient, ofCall, TOKEN } from "../Client.ts"
import * as Published from "../Published.ts"

export const make: MakeClient = async (baseUrl) => {
  const { axios, sdk } = Published.vendorSdk()
  const httpAgent = new Agent({ keepAlive: true })
  const configuration = new sdk.Configuration({ baseurl: baseUrl, accessToken: TOKEN })
  return {
    statuses: (sourceIds, concurrency) => {
      const instance = axios.create({ httpAgent })
      const api = new sdk.NonEmployeeLifecycleManagementV2024Api(configuration, undefined, instance)
      const call = async (id: string) => (await api.getNonEmployeeBulkUploadStatus({ id })).data
      return ofCall(call).statuses(sourceIds, concurrency)
    }
  }
}
