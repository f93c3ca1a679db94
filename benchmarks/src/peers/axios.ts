/** axios with connections kept alive, which is not its default. */
import { Agent } from "node:http"
import { type MakeClient, ofCall, statusUrl, TOKEN } from "../Client.ts"
import * as Published from "../Published.ts"

export const make: MakeClient = async (baseUrl) => {
  const client = Published.axios().create({
    httpAgent: new Agent({ keepAlive: true }),
    headers: { authorization: `Bearer ${TOKEN}`, accept: "application/json" }
  })
  return ofCall(async (sourceId) => (await client.get(statusUrl(baseUrl, sourceId))).data)
}
