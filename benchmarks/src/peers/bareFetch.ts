/** Node's own fetch and JSON.parse, as in a script. */
import { type MakeClient, ofCall, statusUrl, TOKEN } from "../Client.ts"

export const make: MakeClient = async (baseUrl) =>
  ofCall(async (sourceId) => {
    const response = await fetch(statusUrl(baseUrl, sourceId), {
      headers: { authorization: `Bearer ${TOKEN}`, accept: "application/json" }
    })
    return JSON.parse(await response.text())
  })
