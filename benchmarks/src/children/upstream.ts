/**
 * The smallest server that can replace SailPoint: it answers at once and without a limit, so that the figures show only
 * the clients.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { answer } from "../Child.ts"

const statuses = process.argv.slice(2)

let asked = 0

const server = createServer((request, response) => {
  request.resume()
  response.setHeader("content-type", "application/json")
  if (request.method === "POST") {
    response.end(JSON.stringify({ access_token: "token", token_type: "bearer", expires_in: 43_200 }))
    return
  }
  if (request.method === "DELETE") {
    statuses.shift()
    asked = 0
    response.end()
    return
  }
  asked += 1
  response.end(JSON.stringify({ status: statuses[0] }))
})
server.keepAliveTimeout = 60_000

await new Promise<void>((resolve) => {
  server.listen(0, "127.0.0.1", resolve)
})

answer(async (question: "url" | "asked") => {
  if (question === "url") return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const count = asked
  asked = 0
  return count
})
