/** axios with connections kept alive, which is not its default. */
import { create } from "axios"
import { Agent } from "node:http"
import { type MakeClient, ofCall, statusUrl, TOKEN } from "../Client.ts"

export const make: MakeClient = async (baseUrl) => {
  const client = create({
    httpAgent: new Agent({ keepAlive: true }),
    headers: { authorization: `Bearer ${TOKEN}`, accept: "application/json" }
  })
  return ofCall(async (sourceId) => (await client.get(statusUrl(baseUrl, sourceId))).data)
}
