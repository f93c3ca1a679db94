/** The fastest way that Node's HTTP client offers. */
import { request } from "undici"
import { type MakeClient, ofCall, statusUrl, TOKEN } from "../Client.ts"

export const make: MakeClient = async (baseUrl) =>
  ofCall(async (sourceId) => {
    const { body } = await request(statusUrl(baseUrl, sourceId), {
      headers: { authorization: `Bearer ${TOKEN}`, accept: "application/json" }
    })
    return JSON.parse(await body.text())
  })
