import { toNodeHandler } from "@modelcontextprotocol/node"
import { createMcpHandler } from "@modelcontextprotocol/server"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { makeServer } from "./server.ts"

const answer = toNodeHandler(createMcpHandler(makeServer))
const server = createServer((request, response) => void answer(request as never, response))
server.listen(0, "127.0.0.1", () => {
  process.stderr.write(`Serving MCP at http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp.\n`)
})
